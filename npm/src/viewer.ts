// `scanseal/viewer`: the pages of a PDF as pictures, for hosts that show documents in a way of their own. pdf.js is loaded
// when the first document is opened.

export { setViewerAssets } from "./viewer/assets.js";
export { type OpenDocumentOptions, openDocument, PasswordNeeded, type ViewerDocument } from "./viewer/document.js";
export { type Frame, toShown, type ViewerPage } from "./viewer/page.js";
