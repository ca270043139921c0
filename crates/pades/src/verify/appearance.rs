//! Where each signature shows, and what it covers there.

use std::collections::HashMap;

use super::{
    discovery::{SignatureField, Widget},
    report::{Check, CheckId, CheckStatus, Impression, Reason},
};
use crate::{
    PdfError,
    file::{Page, View},
    syntax::{Dictionary, Object, ObjectId},
};

/// Pages searched for a widget that does not say on which page it lies, as it may leave out.
const MAX_PAGES_SEARCHED: u32 = 2_000;
/// Annotation flags Hidden and NoView (ISO 32000-2 table 167).
const NOT_SHOWN: i64 = (1 << 1) | (1 << 5);
/// Seals may touch; an overlap thinner than this, in points, is rounding.
const TOUCHING: f64 = 0.01;

/// The impressions of all signatures seen so far, page by page.
pub(crate) struct Appearances<'p, 's> {
    view: View<'p, 's>,
    pages: HashMap<u32, Vec<(String, [f64; 4])>>,
    /// Page of each widget that no `/P` leads to; made when the first one is met.
    searched: Option<HashMap<ObjectId, u32>>,
}

impl<'p, 's> Appearances<'p, 's> {
    pub(crate) fn new(view: View<'p, 's>) -> Self {
        Self {
            view,
            pages: HashMap::new(),
            searched: None,
        }
    }

    /// Where `field` shows, oldest signature first.
    pub(crate) fn of(
        &mut self,
        field: &SignatureField,
    ) -> Result<(Vec<Impression>, Check), PdfError> {
        let mut impressions = Vec::new();
        let (mut shown, mut off_page, mut overlapping) = (false, None, None);
        for widget in &field.widgets {
            let Some(rect) = rectangle(self.view, &widget.dictionary)? else {
                continue;
            };
            let flags = self.view.find(&widget.dictionary, "F")?;
            let hidden = flags.and_then(|flags| flags.as_integer()).unwrap_or(0) & NOT_SHOWN != 0;
            let empty = rect[2] - rect[0] <= 0.0 || rect[3] - rect[1] <= 0.0;
            if hidden || empty {
                continue;
            }
            let page = self.page(widget)?;
            let mut overlaps = Vec::new();
            if let Some((index, page)) = &page {
                let crop = page.crop_box;
                let inside = crop.left - TOUCHING <= rect[0]
                    && crop.bottom - TOUCHING <= rect[1]
                    && rect[2] <= crop.right + TOUCHING
                    && rect[3] <= crop.top + TOUCHING;
                if inside {
                    shown = true;
                } else {
                    // Partly outside still shows in part.
                    shown |= overlap([crop.left, crop.bottom, crop.right, crop.top], rect);
                    off_page = Some(index + 1);
                }
                let on_page = self.pages.entry(*index).or_default();
                for (name, other) in on_page.iter() {
                    if *name != field.name && overlap(*other, rect) && !overlaps.contains(name) {
                        overlaps.push(name.clone());
                    }
                }
                on_page.push((field.name.clone(), rect));
            }
            if overlapping.is_none() {
                overlapping = overlaps.first().cloned();
            }
            impressions.push(Impression {
                page: page.map(|(index, _)| index + 1),
                rect,
                overlaps,
            });
        }
        let noted = |reason, detail: Option<String>| Check {
            id: CheckId::Appearance,
            status: CheckStatus::Noted,
            reason: Some(reason),
            detail,
            place: None,
        };
        let check = match (off_page, overlapping) {
            (Some(page), _) => noted(Reason::OffPage, Some(format!("page {page}"))),
            _ if !shown => noted(Reason::Invisible, None),
            (_, Some(name)) => noted(Reason::OverlapsSeal, Some(name)),
            _ => Check {
                id: CheckId::Appearance,
                status: CheckStatus::Passed,
                reason: None,
                detail: None,
                place: None,
            },
        };
        Ok((impressions, check))
    }

    /// The page that lists the widget among its annotations: only there it shows, whatever its `/P` says.
    fn page(&mut self, widget: &Widget) -> Result<Option<(u32, Page)>, PdfError> {
        let Some(id) = widget.id else {
            return Ok(None);
        };
        let claimed = widget
            .dictionary
            .get("P")
            .and_then(|page| page.object.as_reference());
        if let Some(claimed) = claimed
            && let Some(index) = self.view.page_number(claimed)?
        {
            let page = self.view.page(index)?;
            if self.annotations(&page)?.contains(&id) {
                return Ok(Some((index, page)));
            }
        }
        if self.searched.is_none() {
            let mut searched = HashMap::new();
            for index in 0..self.view.pages()?.min(MAX_PAGES_SEARCHED) {
                for annotation in self.annotations(&self.view.page(index)?)? {
                    searched.entry(annotation).or_insert(index);
                }
            }
            self.searched = Some(searched);
        }
        let found = self
            .searched
            .as_ref()
            .and_then(|searched| searched.get(&id))
            .copied();
        found
            .map(|index| Ok((index, self.view.page(index)?)))
            .transpose()
    }

    fn annotations(&self, page: &Page) -> Result<Vec<ObjectId>, PdfError> {
        Ok(match self.view.find(&page.dictionary, "Annots")? {
            Some(Object::Array(array)) => array
                .0
                .iter()
                .filter_map(|value| value.object.as_reference())
                .collect(),
            _ => Vec::new(),
        })
    }
}

/// `/Rect` of an annotation, normalised; nothing if it is not four numbers.
pub(crate) fn rectangle(
    view: View<'_, '_>,
    annotation: &Dictionary,
) -> Result<Option<[f64; 4]>, PdfError> {
    let Some(Object::Array(array)) = view.find(annotation, "Rect")? else {
        return Ok(None);
    };
    let numbers = array.0.iter().map(|value| view.resolve(&value.object));
    let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
    let numbers: Option<Vec<f64>> = numbers.iter().map(Object::as_number).collect();
    Ok(match numbers.as_deref() {
        Some(&[a, b, c, d]) if [a, b, c, d].iter().all(|number| number.is_finite()) => {
            Some([a.min(c), b.min(d), a.max(c), b.max(d)])
        }
        _ => None,
    })
}

/// Whether two rectangles share more than an edge.
fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    let shared = |low: usize| a[low + 2].min(b[low + 2]) - a[low].max(b[low]);
    shared(0) > TOUCHING && shared(1) > TOUCHING
}
