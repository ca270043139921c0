/** What comes from the core is a copy each time; pictures and documents that are shown already stay as they are. Pure. */
import type { DocumentState, SealShelf } from "./core-types";

/** The new shelves, with the pictures that were there before: a seal never changes under its id. */
export function keepPictures(before: readonly SealShelf[], now: readonly SealShelf[]): SealShelf[] {
  return now.map((shelf) => {
    const known = before.find(({ certificate }) => certificate === shelf.certificate)?.seals ?? [];
    return {
      ...shelf,
      seals: shelf.seals.map((seal) => {
        const picture = known.find(({ id }) => id === seal.id)?.picture;
        return picture && picture.size === seal.picture?.size ? { ...seal, picture } : seal;
      }),
    };
  });
}

/** The new states, with the documents that can be looked at already: whoever looks at one is not disturbed by another. */
export function keepDocuments(before: readonly DocumentState[], now: readonly DocumentState[]): DocumentState[] {
  return now.map((state, index) => {
    const known = before[index];
    return known?.sealed && state.sealed ? { ...state, sealed: known.sealed, pages: known.pages } : state;
  });
}
