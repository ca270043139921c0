//! The page tree (ISO 32000-2 clause 7.7.3).

use std::{borrow::Cow, rc::Rc};

use super::{Indirect, View};
use crate::{
    Damage, PdfError,
    syntax::{Array, Dictionary, Object, ObjectId, Value},
};

/// How many levels a page tree may have: balanced trees of the largest documents have four.
pub const MAX_PAGE_TREE_DEPTH: usize = 64;

/// How far from the origin a page may reach, in units: seventy times the largest page of older viewers.
const MAX_COORDINATE: f64 = 1_000_000.0;

/// The largest user unit: a page of 14,400 units would measure a hundred kilometres.
const MAX_USER_UNIT: f64 = 20_000.0;

/// One page, with what it inherits.
#[derive(Clone, Debug)]
pub struct Page {
    /// What the page object is called by.
    pub id: ObjectId,
    /// The page object.
    pub dictionary: Dictionary,
    /// The page's medium.
    pub media_box: Rect,
    /// What is shown of it; never more than the medium.
    pub crop_box: Rect,
    /// By how many degrees the page is turned clockwise when shown: 0, 90, 180 or 270.
    pub rotate: u16,
    /// How many points a unit is.
    pub user_unit: f64,
    /// The resources, references followed; `null` if there are none.
    pub resources: Object,
}

/// A rectangle, `left <= right` and `bottom <= top`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rect {
    /// Least x.
    pub left: f64,
    /// Least y.
    pub bottom: f64,
    /// Greatest x.
    pub right: f64,
    /// Greatest y.
    pub top: f64,
}

impl Rect {
    /// How wide it is.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// How high it is.
    pub fn height(&self) -> f64 {
        self.top - self.bottom
    }

    /// What two rectangles share, if that is more than an edge.
    pub fn intersection(&self, other: &Self) -> Option<Self> {
        let shared = Self {
            left: self.left.max(other.left),
            bottom: self.bottom.max(other.bottom),
            right: self.right.min(other.right),
            top: self.top.min(other.top),
        };
        (shared.width() > 0.0 && shared.height() > 0.0).then_some(shared)
    }
}

/// What pages inherit from the nodes above them.
#[derive(Clone, Default)]
struct Inherited {
    resources: Option<Value>,
    media_box: Option<Value>,
    crop_box: Option<Value>,
    rotate: Option<Value>,
}

impl Inherited {
    fn take(&mut self, dictionary: &Dictionary) {
        let places = [
            ("Resources", &mut self.resources),
            ("MediaBox", &mut self.media_box),
            ("CropBox", &mut self.crop_box),
            ("Rotate", &mut self.rotate),
        ];
        for (key, place) in places {
            if let Some(value) = dictionary.get(key) {
                *place = Some(value.clone());
            }
        }
    }
}

/// A page, or a node of the page tree above pages.
enum Node {
    Page,
    Pages { count: u32 },
}

impl View<'_, '_> {
    /// How many pages there are, as the root of the page tree says.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if there is no page tree.
    pub fn pages(&self) -> Result<u32, PdfError> {
        let (_, root) = self.page_root()?;
        match self.node(&root)? {
            // Each page is an object.
            Node::Pages { count } if count < self.size() => Ok(count),
            Node::Page | Node::Pages { .. } => Err(wrong(&root)),
        }
    }

    /// A page by its index from 0. Reads only the branch it is on, and the nodes (not the pages) beside that.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if there is no such page, or it lacks what a page must have.
    pub fn page(&self, index: u32) -> Result<Page, PdfError> {
        let (id, page, inherited) = self.leaf(index)?;
        self.read_page(id, &page, &inherited)
    }

    fn leaf(&self, index: u32) -> Result<(ObjectId, Rc<Indirect>, Inherited), PdfError> {
        let (mut id, mut node) = self.page_root()?;
        let mut inherited = Inherited::default();
        let mut rest = index;
        for _ in 0..MAX_PAGE_TREE_DEPTH {
            let dictionary = dictionary(&node)?;
            inherited.take(dictionary);
            let count = match self.node(&node)? {
                Node::Page if rest == 0 => return Ok((id, node, inherited)),
                Node::Pages { count } if rest < count => count,
                Node::Page | Node::Pages { .. } => return Err(wrong(&node)),
            };
            (id, node) = self.kid(&node, count, &mut rest)?;
        }
        Err(too_deep())
    }

    /// The index of a page object from 0; `None` if the page tree does not lead to it.
    ///
    /// # Errors
    /// [`PdfError::Damaged`] if a node on the way is.
    pub fn page_number(&self, id: ObjectId) -> Result<Option<u32>, PdfError> {
        let Some(number) = self.number_from_below(id)? else {
            return Ok(None);
        };
        // From above it must be the same, else the tree contradicts itself.
        let (found, ..) = self.leaf(number)?;
        Ok((found == id).then_some(number))
    }

    /// Which number a page's parents give it, if they lead to the root.
    fn number_from_below(&self, id: ObjectId) -> Result<Option<u32>, PdfError> {
        let (root, _) = self.page_root()?;
        let mut id = id;
        let mut number = 0_u32;
        for _ in 0..MAX_PAGE_TREE_DEPTH {
            if id == root {
                return Ok(Some(number));
            }
            let child = self.object(id)?;
            let Some(child) = child.object.as_dictionary() else {
                return Ok(None);
            };
            let parent = child
                .get("Parent")
                .and_then(|value| value.object.as_reference());
            let Some(parent) = parent else {
                return Ok(None);
            };
            let node = self.object(parent)?;
            // Form fields have parents too.
            if !node
                .object
                .as_dictionary()
                .is_some_and(|node| node.is("Type", "Pages"))
            {
                return Ok(None);
            }
            let Node::Pages { count } = self.node(&node)? else {
                return Ok(None);
            };
            let kids = self.kids(&node)?;
            let position = kids
                .0
                .iter()
                .position(|kid| kid.object.as_reference() == Some(id));
            let Some(position) = position else {
                return Ok(None);
            };
            let before = if kids.0.len() as u64 == u64::from(count) {
                u32::try_from(position).unwrap_or(u32::MAX)
            } else {
                let enough = |ends: &[u32]| ends.len() >= position;
                let ends = self.count(&node, &kids, enough, |ends| {
                    ends.get(..position)?.last().copied()
                });
                ends?.unwrap_or_default()
            };
            number = number.saturating_add(before);
            id = parent;
        }
        Err(too_deep())
    }

    fn page_root(&self) -> Result<(ObjectId, Rc<Indirect>), PdfError> {
        let catalog = self.catalog()?;
        let pages = dictionary(&catalog)?.get("Pages");
        let id = pages.and_then(|value| value.object.as_reference());
        let id = id.ok_or_else(|| wrong(&catalog))?;
        Ok((id, self.object(id)?))
    }

    /// The kid with the page that `rest` others come before, which is counted down to its index within the kid.
    fn kid(
        &self,
        node: &Indirect,
        count: u32,
        rest: &mut u32,
    ) -> Result<(ObjectId, Rc<Indirect>), PdfError> {
        let kids = self.kids(node)?;
        // As many kids as pages: every kid is a page.
        if kids.0.len() as u64 == u64::from(count) {
            let kid = usize::try_from(*rest).ok().and_then(|at| kids.0.get(at));
            let (id, kid) = self.referred(node, kid.ok_or_else(|| wrong(node))?)?;
            if matches!(self.node(&kid)?, Node::Page) {
                *rest = 0;
                return Ok((id, kid));
            }
        }
        let index = *rest;
        let enough = |ends: &[u32]| ends.last().is_some_and(|end| index < *end);
        let (at, before) = self.count(node, &kids, enough, |ends| {
            let at = ends.partition_point(|end| *end <= index);
            (
                at,
                at.checked_sub(1)
                    .and_then(|at| ends.get(at))
                    .copied()
                    .unwrap_or_default(),
            )
        })?;
        *rest = index.saturating_sub(before);
        self.referred(node, kids.0.get(at).ok_or_else(|| wrong(node))?)
    }

    /// Counts how many pages there are up to and with each kid, until it is `enough`, and looks at the counts. They are kept, so that
    /// going from page to page does not count again.
    fn count<T>(
        &self,
        node: &Indirect,
        kids: &Array,
        enough: impl Fn(&[u32]) -> bool,
        look: impl FnOnce(&[u32]) -> T,
    ) -> Result<T, PdfError> {
        let key = (self.revision, node.id);
        let mut ends = self.pdf.caches.borrow_mut().take_node(key);
        for kid in kids.0.iter().skip(ends.len()) {
            if enough(&ends) {
                break;
            }
            let (_, kid) = self.referred(node, kid)?;
            let before = ends.last().copied().unwrap_or_default();
            ends.push(before.saturating_add(self.weight(&kid)?));
        }
        let found = look(&ends);
        self.pdf.caches.borrow_mut().keep_node(key, ends);
        Ok(found)
    }

    fn referred(&self, node: &Indirect, kid: &Value) -> Result<(ObjectId, Rc<Indirect>), PdfError> {
        let id = kid.object.as_reference().ok_or_else(|| wrong(node))?;
        Ok((id, self.object(id)?))
    }

    /// How many pages a kid stands for.
    fn weight(&self, kid: &Indirect) -> Result<u32, PdfError> {
        Ok(match self.node(kid)? {
            Node::Page => 1,
            Node::Pages { count } => count,
        })
    }

    fn node(&self, indirect: &Indirect) -> Result<Node, PdfError> {
        let dictionary = dictionary(indirect)?;
        let kind = self.find(dictionary, "Type")?;
        let kind = kind
            .as_ref()
            .and_then(Object::as_name)
            .ok_or_else(|| wrong(indirect))?;
        match kind.0.as_slice() {
            b"Page" => Ok(Node::Page),
            b"Pages" => {
                let count = self.find(dictionary, "Count")?;
                let count = count.and_then(|count| u32::try_from(count.as_integer()?).ok());
                let count = count.ok_or_else(|| wrong(indirect))?;
                Ok(Node::Pages { count })
            }
            _ => Err(wrong(indirect)),
        }
    }

    /// What is below a node. There may be a hundred thousand, so they are copied only if they are an object of their own.
    fn kids<'a>(&self, node: &'a Indirect) -> Result<Cow<'a, Array>, PdfError> {
        let kids = dictionary(node)?.get("Kids").ok_or_else(|| wrong(node))?;
        if let Object::Array(kids) = &kids.object {
            return Ok(Cow::Borrowed(kids));
        }
        match self.resolve(&kids.object)? {
            Object::Array(kids) => Ok(Cow::Owned(kids)),
            _ => Err(wrong(node)),
        }
    }

    fn read_page(
        &self,
        id: ObjectId,
        page: &Indirect,
        inherited: &Inherited,
    ) -> Result<Page, PdfError> {
        let dictionary = dictionary(page)?;
        let resolve = |value: &Option<Value>| {
            let object = value
                .as_ref()
                .map_or(Ok(Object::Null), |value| self.resolve(&value.object));
            object.map(|object| Some(object).filter(|object| !object.is_null()))
        };
        let media_box = resolve(&inherited.media_box)?.ok_or_else(|| wrong(page))?;
        let media_box = self.rect(&media_box)?.ok_or_else(|| wrong(page))?;
        let crop_box = match resolve(&inherited.crop_box)? {
            None => media_box,
            Some(crop_box) => {
                let crop_box = self.rect(&crop_box)?.ok_or_else(|| wrong(page))?;
                media_box
                    .intersection(&crop_box)
                    .ok_or_else(|| wrong(page))?
            }
        };
        let rotate = match resolve(&inherited.rotate)? {
            None => 0,
            Some(rotate) => {
                let rotate = rotate.as_integer().filter(|rotate| rotate % 90 == 0);
                let rotate = rotate.map(|rotate| rotate.rem_euclid(360));
                rotate
                    .and_then(|rotate| u16::try_from(rotate).ok())
                    .ok_or_else(|| wrong(page))?
            }
        };
        let user_unit = match self.find(dictionary, "UserUnit")? {
            None => 1.0,
            Some(unit) => {
                let unit = unit
                    .as_number()
                    .filter(|unit| *unit > 0.0 && *unit <= MAX_USER_UNIT);
                unit.ok_or_else(|| wrong(page))?
            }
        };
        Ok(Page {
            id,
            dictionary: dictionary.clone(),
            media_box,
            crop_box,
            rotate,
            user_unit,
            resources: resolve(&inherited.resources)?.unwrap_or(Object::Null),
        })
    }

    /// A rectangle with an area, two opposite corners of which are given (clause 7.9.5); `None` if it is something else.
    ///
    /// # Errors
    /// As [`resolve`](Self::resolve).
    pub fn rect(&self, object: &Object) -> Result<Option<Rect>, PdfError> {
        let Object::Array(array) = self.resolve(object)? else {
            return Ok(None);
        };
        let mut numbers = Vec::with_capacity(4);
        for value in array.0.iter().take(5) {
            let number = self.resolve(&value.object)?.as_number();
            numbers.extend(number.filter(|number| number.abs() <= MAX_COORDINATE));
        }
        let [x1, y1, x2, y2] = numbers[..] else {
            return Ok(None);
        };
        let rect = Rect {
            left: x1.min(x2),
            bottom: y1.min(y2),
            right: x1.max(x2),
            top: y1.max(y2),
        };
        Ok((array.0.len() == 4)
            .then_some(rect)
            .filter(|rect| rect.width() > 0.0 && rect.height() > 0.0))
    }
}

fn dictionary(indirect: &Indirect) -> Result<&Dictionary, PdfError> {
    indirect
        .object
        .as_dictionary()
        .ok_or_else(|| wrong(indirect))
}

fn wrong(indirect: &Indirect) -> PdfError {
    PdfError::damaged(indirect.offset(), Damage::WrongType)
}

fn too_deep() -> PdfError {
    PdfError::TooLarge {
        what: "depth of the page tree",
        limit: MAX_PAGE_TREE_DEPTH as u64,
    }
}
