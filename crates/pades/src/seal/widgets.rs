//! Widgets: those of an existing field, and new ones (ISO 32000-2 clause 12.5.6.19).

use std::collections::BTreeMap;

use super::{
    FieldLock, SealError,
    appearance::Artwork,
    edit::broken,
    form::{Field, Form},
    geometry::PageGeometry,
    place::{MAX_IMPRESSIONS, Spot, too_many_impressions},
    text::text_string,
    update::Update,
    write::numbers,
};
use crate::{
    file::{Rect, View},
    syntax::{Dictionary, Object, ObjectId},
};

/// How far a place may be from the widget it is for, in units: both were computed from the same request, then rounded.
const SAME_PLACE: f64 = 1.0;

/// Where the widgets of an existing field lie; nothing for those of no size.
pub(super) fn widget_spots(view: View<'_, '_>, field: &Field) -> Result<Vec<Spot>, SealError> {
    if field.widgets.len() > MAX_IMPRESSIONS {
        return Err(too_many_impressions());
    }
    let mut spots = Vec::new();
    for &id in &field.widgets {
        let widget = view.object(id)?;
        let Some(dictionary) = widget.object.as_dictionary() else {
            return Err(broken(id, "is no widget"));
        };
        let Some(rect) = rectangle(view, id, dictionary)? else {
            continue;
        };
        let page = widget_page(view, id, dictionary)?;
        let Some(page) = page else {
            return Err(broken(id, "is a field that lies on no page"));
        };
        let read = view.page(page)?;
        let geometry = PageGeometry::of(&read);
        let frame = geometry.to_shown(rect);
        geometry.place(frame, page.saturating_add(1))?;
        spots.push(Spot {
            page,
            page_id: read.id,
            geometry,
            frame,
            rect,
            slice: None,
            fills: false,
        });
    }
    Ok(spots)
}

fn rectangle(
    view: View<'_, '_>,
    id: ObjectId,
    widget: &Dictionary,
) -> Result<Option<Rect>, SealError> {
    let bad = || broken(id, "has a rectangle that is none");
    let Some(Object::Array(numbers)) = view.find(widget, "Rect")? else {
        return Err(bad());
    };
    let mut corners = [0.0; 4];
    if numbers.0.len() != corners.len() {
        return Err(bad());
    }
    for (corner, number) in corners.iter_mut().zip(&numbers.0) {
        *corner = view
            .resolve(&number.object)?
            .as_number()
            .filter(|number| number.is_finite())
            .ok_or_else(bad)?;
    }
    let [x0, y0, x1, y1] = corners;
    let rect = Rect {
        left: x0.min(x1),
        bottom: y0.min(y1),
        right: x0.max(x1),
        top: y0.max(y1),
    };
    Ok((rect.width() > 0.0 && rect.height() > 0.0).then_some(rect))
}

/// The page a widget lies on: as it says, or the one whose annotations it is among.
fn widget_page(
    view: View<'_, '_>,
    id: ObjectId,
    widget: &Dictionary,
) -> Result<Option<u32>, SealError> {
    if let Some(page) = widget.get("P").and_then(|page| page.object.as_reference())
        && let Some(page) = view.page_number(page)?
    {
        return Ok(Some(page));
    }
    for page in 0..view.pages()? {
        let dictionary = view.page(page)?.dictionary;
        if let Some(Object::Array(annotations)) = view.find(&dictionary, "Annots")?
            && annotations
                .0
                .iter()
                .any(|annotation| annotation.object.as_reference() == Some(id))
        {
            return Ok(Some(page));
        }
    }
    Ok(None)
}

/// The widgets of the field in their order, each with the slice of the place that it was made for.
pub(super) fn matched(
    field: &Field,
    widgets: &[Spot],
    wanted: &[Spot],
) -> Result<Vec<Spot>, SealError> {
    let mismatch = || SealError::RequestInvalid {
        reason: format!(
            "the field `{}` lies elsewhere than the places that were given: leave them out, or give those it was made of",
            field.name
        ),
    };
    let near = |a: f64, b: f64| (a - b).abs() <= SAME_PLACE;
    let same = |a: &Rect, b: &Rect| {
        near(a.left, b.left)
            && near(a.bottom, b.bottom)
            && near(a.right, b.right)
            && near(a.top, b.top)
    };
    if widgets.len() != wanted.len() {
        return Err(mismatch());
    }
    widgets
        .iter()
        .map(|widget| {
            let place = wanted
                .iter()
                .find(|place| place.page == widget.page && same(&place.rect, &widget.rect));
            let place = place.ok_or_else(mismatch)?;
            Ok(Spot {
                slice: place.slice,
                fills: place.fills,
                ..*widget
            })
        })
        .collect()
}

/// Signs an existing field: its value, and the appearances of its widgets.
pub(super) fn fill(
    update: &mut Update<'_, '_>,
    form: &Form,
    field: &Field,
    spots: &[Spot],
    artwork: &mut Artwork<'_>,
    value: ObjectId,
) -> Result<(), SealError> {
    update.edit(field.id)?.set(&[], "V", &value.to_string())?;
    let view = update.view();
    let mut spots = spots.iter();
    for &id in &field.widgets {
        let widget = view.object(id)?;
        let dictionary = widget.object.as_dictionary();
        let dictionary = dictionary.ok_or_else(|| broken(id, "is no widget"))?;
        if rectangle(view, id, dictionary)?.is_none() {
            continue;
        }
        // `widget_spots` made one for each widget with a rectangle, in this order.
        let Some(spot) = spots.next() else { break };
        let appearance = artwork.form(update, spot)?;
        let edit = update.edit(id)?;
        edit.set(&[], "AP", &format!("<</N {appearance}>>"))?;
        if id != field.id {
            // As in `NewWidgets::add`.
            edit.set(&[], "V", &value.to_string())?;
        }
    }
    form.register(update, &[], 3)
}

/// A signature field that does not exist yet.
pub(super) struct NewWidgets<'a> {
    pub(super) name: &'a str,
    /// The signature dictionary; none for an empty field.
    pub(super) value: Option<ObjectId>,
    pub(super) lock: Option<&'a FieldLock>,
    /// Where it shows; on the first page, without size, if nowhere.
    pub(super) spots: &'a [Spot],
}

impl NewWidgets<'_> {
    /// Adds field and widgets, and puts them on their pages. One widget is field and widget in one.
    pub(super) fn add(
        &self,
        update: &mut Update<'_, '_>,
        mut artwork: Option<&mut Artwork<'_>>,
    ) -> Result<ObjectId, SealError> {
        let field = update.reserve()?;
        let mut entries = format!(
            "/FT/Sig/T{}",
            update.string(field, &text_string(self.name))?
        );
        if let Some(value) = self.value {
            entries.push_str(&format!("/V {value}"));
        }
        if let Some(lock) = self.lock {
            let id = update.reserve()?;
            let lock = lock.to_lock().entries(update, id)?;
            update.add(id, format!("<</Type/SigFieldLock{lock}>>"));
            entries.push_str(&format!("/Lock {id}"));
        }
        let mut pages: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
        if self.spots.len() < 2 {
            let widget = match self.spots.first() {
                Some(spot) => {
                    pages.entry(spot.page_id).or_default().push(field);
                    widget(update, spot, artwork.as_deref_mut())?
                }
                None => {
                    let page = update.view().page(0)?.id;
                    pages.entry(page).or_default().push(field);
                    format!("/Type/Annot/Subtype/Widget/F 132/Rect[0 0 0 0]/P {page}")
                }
            };
            update.add(field, format!("<<{widget}{entries}>>"));
        } else {
            let mut kids = Vec::with_capacity(self.spots.len());
            for spot in self.spots {
                let id = update.reserve()?;
                pages.entry(spot.page_id).or_default().push(id);
                kids.push(id.to_string());
                let widget = widget(update, spot, artwork.as_deref_mut())?;
                // As a representation of the field without a name, a kid has the same value (clause 12.7.4.2). Older
                // readers (poppler before 2023) look for it here, and else call the field unsigned.
                let value = self
                    .value
                    .map_or(String::new(), |value| format!("/V {value}"));
                update.add(id, format!("<<{widget}/Parent {field}{value}>>"));
            }
            update.add(field, format!("<<{entries}/Kids[{}]>>", kids.join(" ")));
        }
        for (page, widgets) in pages {
            update.append(page, &[], "Annots", &widgets);
        }
        Ok(field)
    }
}

/// Entries of a widget: printed, and locked in its place.
fn widget(
    update: &mut Update<'_, '_>,
    spot: &Spot,
    artwork: Option<&mut Artwork<'_>>,
) -> Result<String, SealError> {
    let Rect {
        left,
        bottom,
        right,
        top,
    } = spot.rect;
    let mut entries = format!(
        "/Type/Annot/Subtype/Widget/F 132/Rect[{}]/P {}",
        numbers(&[left, bottom, right, top]),
        spot.page_id
    );
    if let Some(artwork) = artwork {
        let form = artwork.form(update, spot)?;
        entries.push_str(&format!("/AP<</N {form}>>"));
    }
    Ok(entries)
}

impl Form {
    /// Puts new fields into the form, which is made if there is none, and sets `/SigFlags`.
    pub(super) fn register(
        &self,
        update: &mut Update<'_, '_>,
        fields: &[ObjectId],
        flags: i64,
    ) -> Result<(), SealError> {
        let Some(holder) = &self.holder else {
            let form = update.reserve()?;
            let list: Vec<String> = fields.iter().map(ObjectId::to_string).collect();
            update.add(
                form,
                format!("<</Fields[{}]/SigFlags {flags}>>", list.join(" ")),
            );
            return update
                .edit(self.catalog)?
                .set(&[], "AcroForm", &form.to_string());
        };
        let id = update.follow(holder.id)?;
        if !fields.is_empty() {
            update.append(id, &holder.path, "Fields", fields);
        }
        let edit = update.edit(id)?;
        let path: Vec<&str> = holder.path.iter().copied().chain(["SigFlags"]).collect();
        let present = edit
            .find(&path)?
            .and_then(|value| value.object.as_integer());
        let wanted = present.unwrap_or(0) | flags;
        if present != Some(wanted) {
            edit.set(&holder.path, "SigFlags", &wanted.to_string())?;
        }
        Ok(())
    }
}
