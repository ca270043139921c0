//! Runs the content of a page (ISO 32000-2, 8 and 9) as far as text is concerned: where every glyph stands.

use std::{collections::HashMap, rc::Rc};

use super::{
    font::{Font, Loader},
    lines::{Glyph, PageText},
    matrix::Matrix,
    operands::{Operand, numbers, operand, push, skip_image},
    tokens::{Token, Tokens, Unterminated},
};
use crate::{
    Damage, PdfError,
    file::{Page, Rect, View},
    syntax::{Array, Dictionary, Object, ObjectId},
};

/// Operators that one page may run, those of its forms included: a dense drawing has 100,000.
pub(super) const MAX_OPERATORS: u64 = 2_000_000;
/// Forms within forms.
pub(super) const MAX_FORM_DEPTH: usize = 24;
/// Decoded bytes that one page may need: content, forms and CMaps.
pub(super) const MAX_PAGE_BYTES: usize = 64 << 20;
/// Glyphs that one page may show: fifty times a full one.
pub(super) const MAX_GLYPHS: u64 = 500_000;
/// Graphics states kept by `q`; Acrobat's limit is 28.
pub(super) const MAX_STATES: usize = 1_024;
/// What the cached fonts may weigh, in mappings and widths, before the cache is emptied at the next page.
const MAX_CACHED: usize = 1 << 19;
/// What the fonts of one page may weigh.
pub(super) const MAX_FONT_WEIGHT: usize = 1 << 21;

/// Fonts loaded so far, kept from page to page.
#[derive(Default)]
pub(super) struct Fonts {
    loaded: HashMap<ObjectId, Rc<Font>>,
    weight: usize,
}

/// Reads the text of a page.
pub(super) fn page_text(
    view: View<'_, '_>,
    page: &Page,
    fonts: &mut Fonts,
    charsets: &dyn Fn(&str, &[u8]) -> Option<char>,
) -> Result<PageText, PdfError> {
    if fonts.weight > MAX_CACHED {
        *fonts = Fonts::default();
    }
    let mut interpreter = Interpreter {
        view,
        charsets,
        fonts,
        forms: HashMap::new(),
        active: Vec::new(),
        visible: page.crop_box,
        operators: 0,
        shown: 0,
        bytes: 0,
        text: PageText::default(),
    };
    let content = interpreter.page_content(&page.dictionary)?;
    let resources = match view.resolve(&page.resources)? {
        Object::Dictionary(resources) => resources,
        _ => Dictionary::default(),
    };
    interpreter.run(&content, &resources, State::new(Matrix::IDENTITY))?;
    Ok(interpreter.text)
}

struct Interpreter<'a, 'p, 's> {
    view: View<'p, 's>,
    charsets: &'a dyn Fn(&str, &[u8]) -> Option<char>,
    fonts: &'a mut Fonts,
    /// Decoded forms of this page; `None` for pictures.
    forms: HashMap<ObjectId, Option<Rc<Form>>>,
    /// Forms that are being drawn.
    active: Vec<ObjectId>,
    visible: Rect,
    operators: u64,
    /// Glyphs shown so far, on the page or beside it.
    shown: u64,
    bytes: usize,
    text: PageText,
}

/// Decoded bytes, and the places in the file they come from.
struct Content {
    bytes: Vec<u8>,
    /// Where in `bytes` a stream begins, and where its data stand in the file.
    parts: Vec<(usize, u64)>,
}

struct Form {
    content: Content,
    matrix: Matrix,
    /// `None`: those of the content that draws it.
    resources: Option<Dictionary>,
}

/// The part of the graphics state that moves text.
#[derive(Clone)]
struct State {
    ctm: Matrix,
    font: Option<Rc<Font>>,
    size: f64,
    character_spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// Text matrices, which live between `BT` and `ET`.
#[derive(Clone, Copy)]
struct TextMatrices {
    text: Matrix,
    line: Matrix,
}

impl State {
    fn new(ctm: Matrix) -> Self {
        Self {
            ctm,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            scale: 1.0,
            leading: 0.0,
            rise: 0.0,
        }
    }
}

impl TextMatrices {
    const START: Self = Self {
        text: Matrix::IDENTITY,
        line: Matrix::IDENTITY,
    };

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.text = self.line;
    }
}

impl Interpreter<'_, '_, '_> {
    /// `/Contents`: a stream, or streams that are one with white space between them.
    fn page_content(&mut self, page: &Dictionary) -> Result<Content, PdfError> {
        let mut content = Content {
            bytes: Vec::new(),
            parts: Vec::new(),
        };
        let Some(contents) = page.get("Contents") else {
            return Ok(content);
        };
        let mut streams = vec![contents.object.clone()];
        if let Object::Array(array) = self.view.resolve(&contents.object)? {
            streams = array.0.into_iter().map(|value| value.object).collect();
        }
        for stream in streams {
            self.append(&stream, contents.span.start, &mut content)?;
        }
        Ok(content)
    }

    fn append(
        &mut self,
        stream: &Object,
        offset: u64,
        content: &mut Content,
    ) -> Result<(), PdfError> {
        if stream.is_null() {
            return Ok(());
        }
        let wrong = PdfError::Damaged {
            offset,
            damage: Damage::WrongType,
        };
        let indirect = self
            .view
            .object(stream.as_reference().ok_or(wrong.clone())?)?;
        if indirect.object.is_null() {
            return Ok(());
        }
        let span = indirect.stream.ok_or(wrong)?;
        let bytes = self.view.stream(&indirect)?;
        charge(&mut self.bytes, bytes.len())?;
        content.parts.push((content.bytes.len(), span.start));
        content.bytes.extend(bytes);
        content.bytes.push(b'\n');
        Ok(())
    }

    fn run(
        &mut self,
        content: &Content,
        resources: &Dictionary,
        state: State,
    ) -> Result<(), PdfError> {
        let mut tokens = Tokens::new(&content.bytes);
        let mut state = state;
        let mut states = Vec::new();
        let mut matrices = TextMatrices::START;
        let mut operands: Vec<Operand> = Vec::new();
        let mut fonts: HashMap<Vec<u8>, Option<Rc<Font>>> = HashMap::new();
        loop {
            let token = tokens.next().map_err(|error| content.damage(error))?;
            let Some(token) = token else { return Ok(()) };
            let operator = match token {
                Token::Keyword(b"true" | b"false" | b"null") => {
                    push(&mut operands, Operand::Other);
                    continue;
                }
                Token::Keyword(operator) => operator,
                other => {
                    let operand =
                        operand(other, &mut tokens).map_err(|error| content.damage(error))?;
                    operand
                        .into_iter()
                        .for_each(|operand| push(&mut operands, operand));
                    continue;
                }
            };
            self.operators += 1;
            limited("operators of a page", self.operators, MAX_OPERATORS)?;
            match operator {
                b"q" => {
                    limited(
                        "saved graphics states",
                        states.len() as u64 + 1,
                        MAX_STATES as u64,
                    )?;
                    states.push(state.clone());
                }
                b"Q" => {
                    if let Some(saved) = states.pop() {
                        state = saved;
                    }
                }
                b"cm" => {
                    if let Some(matrix) = numbers(&operands) {
                        state.ctm = Matrix(matrix).then(state.ctm);
                    }
                }
                b"Do" => {
                    if let Some(Operand::Name(name)) = operands.last() {
                        self.draw(name, resources, &state)?;
                    }
                }
                b"gs" => {
                    if let Some(Operand::Name(name)) = operands.last() {
                        self.apply_parameters(name, resources, &mut state)?;
                    }
                }
                b"Tf" => {
                    if let Some([Operand::Name(name), Operand::Number(size)]) =
                        operands.last_chunk()
                    {
                        state.font = match fonts.get(name) {
                            Some(known) => known.clone(),
                            None => {
                                let font = self.font(name, resources)?;
                                fonts.insert(name.clone(), font.clone());
                                font
                            }
                        };
                        state.size = *size;
                    }
                }
                b"BI" => skip_image(&mut tokens).map_err(|error| content.damage(error))?,
                _ => self.text_operator(operator, &operands, &mut state, &mut matrices)?,
            }
            operands.clear();
        }
    }

    /// Operators of 9.3 and 9.4, `Tf` excepted.
    fn text_operator(
        &mut self,
        operator: &[u8],
        operands: &[Operand],
        state: &mut State,
        matrices: &mut TextMatrices,
    ) -> Result<(), PdfError> {
        let number = match operands.last() {
            Some(Operand::Number(number)) => Some(*number),
            _ => None,
        };
        match (operator, number) {
            (b"BT", _) => *matrices = TextMatrices::START,
            (b"Tc", Some(spacing)) => state.character_spacing = spacing,
            (b"Tw", Some(spacing)) => state.word_spacing = spacing,
            (b"Tz", Some(scale)) => state.scale = scale / 100.0,
            (b"TL", Some(leading)) => state.leading = leading,
            (b"Ts", Some(rise)) => state.rise = rise,
            (b"T*", _) => matrices.next_line(0.0, -state.leading),
            (b"Td" | b"TD", _) => {
                if let Some([x, y]) = numbers(operands) {
                    if operator == b"TD" {
                        state.leading = -y;
                    }
                    matrices.next_line(x, y);
                }
            }
            (b"Tm", _) => {
                if let Some(matrix) = numbers(operands) {
                    *matrices = TextMatrices {
                        text: Matrix(matrix),
                        line: Matrix(matrix),
                    };
                }
            }
            (b"Tj", _) => self.show_last(operands, state, matrices)?,
            (b"'", _) => {
                matrices.next_line(0.0, -state.leading);
                self.show_last(operands, state, matrices)?;
            }
            (b"\"", _) => {
                if let Some([Operand::Number(word), Operand::Number(character), _]) =
                    operands.last_chunk()
                {
                    (state.word_spacing, state.character_spacing) = (*word, *character);
                }
                matrices.next_line(0.0, -state.leading);
                self.show_last(operands, state, matrices)?;
            }
            (b"TJ", _) => {
                let Some(Operand::Array(elements)) = operands.last() else {
                    return Ok(());
                };
                for element in elements {
                    match element {
                        Operand::String(bytes) => self.show(bytes, state, matrices)?,
                        Operand::Number(back) => {
                            let distance = -back / 1000.0 * state.size;
                            let vertical = state.font.as_ref().is_some_and(|font| font.vertical);
                            let (x, y) = if vertical {
                                (0.0, distance)
                            } else {
                                (distance * state.scale, 0.0)
                            };
                            matrices.text = Matrix::translation(x, y).then(matrices.text);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn show_last(
        &mut self,
        operands: &[Operand],
        state: &State,
        matrices: &mut TextMatrices,
    ) -> Result<(), PdfError> {
        match operands.last() {
            Some(Operand::String(bytes)) => self.show(bytes, state, matrices),
            _ => Ok(()),
        }
    }

    /// Shows a string (9.4.4) and moves on behind it. Without a font nobody knows how wide it is or what it says.
    fn show(
        &mut self,
        bytes: &[u8],
        state: &State,
        matrices: &mut TextMatrices,
    ) -> Result<(), PdfError> {
        let Some(font) = &state.font else {
            return Ok(());
        };
        let mut rest = bytes;
        loop {
            let start = self.text.characters.len();
            let characters = &mut self.text.characters;
            let Some(shown) = font.show(rest, self.charsets, &mut |character| {
                characters.push(character)
            }) else {
                return Ok(());
            };
            rest = rest.get(shown.length..).unwrap_or_default();
            self.shown += 1;
            limited("glyphs of a page", self.shown, MAX_GLYPHS)?;
            let own = Matrix([
                state.size * state.scale,
                0.0,
                0.0,
                state.size,
                0.0,
                state.rise,
            ]);
            let to_page = own.then(matrices.text).then(state.ctm);
            let spacing = state.character_spacing
                + if shown.is_space {
                    state.word_spacing
                } else {
                    0.0
                };
            let (glyph, x, y) = match shown.vertical {
                None => {
                    let heights = [font.descent / 1000.0, font.ascent / 1000.0];
                    let glyph = place(
                        to_page,
                        (shown.width, 0.0),
                        [0.0, shown.width],
                        heights,
                        start,
                    );
                    (
                        glyph,
                        (shown.width * state.size + spacing) * state.scale,
                        0.0,
                    )
                }
                Some(down) => {
                    let half = shown.width / 2.0;
                    let glyph = place(to_page, (0.0, down), [-half, half], [down, 0.0], start);
                    (glyph, 0.0, down * state.size + spacing)
                }
            };
            matrices.text = Matrix::translation(x, y).then(matrices.text);
            match glyph.filter(|glyph| self.is_visible(glyph)) {
                Some(mut glyph) => {
                    glyph.characters = start..self.text.characters.len();
                    self.text.glyphs.push(glyph);
                }
                None => self.text.characters.truncate(start),
            }
        }
    }

    /// Whether its middle is on the page as it is shown.
    fn is_visible(&self, glyph: &Glyph) -> bool {
        let Rect {
            left,
            bottom,
            right,
            top,
        } = glyph.bounds;
        let (x, y) = (left.midpoint(right), bottom.midpoint(top));
        let visible = &self.visible;
        (visible.left..=visible.right).contains(&x) && (visible.bottom..=visible.top).contains(&y)
    }

    /// `Do`: draws a form; pictures have no text.
    fn draw(&mut self, name: &[u8], resources: &Dictionary, state: &State) -> Result<(), PdfError> {
        let Some(Object::Reference(id)) = self.resource(resources, "XObject", name)? else {
            return Ok(());
        };
        let form = match self.forms.get(&id) {
            Some(known) => known.clone(),
            None => {
                let form = self.form(id)?.map(Rc::new);
                self.forms.insert(id, form.clone());
                form
            }
        };
        let Some(form) = form else {
            return Ok(());
        };
        if self.active.contains(&id) {
            let offset = form.content.parts.first().map_or(0, |(_, offset)| *offset);
            return Err(PdfError::Damaged {
                offset,
                damage: Damage::Loop,
            });
        }
        limited(
            "forms within forms",
            self.active.len() as u64 + 1,
            MAX_FORM_DEPTH as u64,
        )?;
        self.active.push(id);
        let mut inner = state.clone();
        inner.ctm = form.matrix.then(state.ctm);
        self.run(
            &form.content,
            form.resources.as_ref().unwrap_or(resources),
            inner,
        )?;
        self.active.pop();
        Ok(())
    }

    fn form(&mut self, id: ObjectId) -> Result<Option<Form>, PdfError> {
        let indirect = self.view.object(id)?;
        let Object::Dictionary(dictionary) = &indirect.object else {
            return Ok(None);
        };
        let subtype = self.view.find(dictionary, "Subtype")?;
        if subtype
            .as_ref()
            .and_then(Object::as_name)
            .is_none_or(|name| *name != *"Form")
        {
            return Ok(None);
        }
        let matrix = match self.view.find(dictionary, "Matrix")? {
            Some(Object::Array(array)) => self.matrix(&array)?,
            _ => Matrix::IDENTITY,
        };
        let resources = match self.view.find(dictionary, "Resources")? {
            Some(Object::Dictionary(resources)) => Some(resources),
            _ => None,
        };
        let mut content = Content {
            bytes: Vec::new(),
            parts: Vec::new(),
        };
        self.append(&Object::Reference(id), 0, &mut content)?;
        Ok(Some(Form {
            content,
            matrix,
            resources,
        }))
    }

    fn matrix(&self, array: &Array) -> Result<Matrix, PdfError> {
        let mut matrix = Matrix::IDENTITY;
        for (slot, value) in matrix.0.iter_mut().zip(&array.0) {
            *slot = self
                .view
                .resolve(&value.object)?
                .as_number()
                .unwrap_or(*slot);
        }
        Ok(matrix)
    }

    /// `gs`: parameters can bring a font (8.4.5).
    fn apply_parameters(
        &mut self,
        name: &[u8],
        resources: &Dictionary,
        state: &mut State,
    ) -> Result<(), PdfError> {
        let Some(parameters) = self.resource(resources, "ExtGState", name)? else {
            return Ok(());
        };
        let Object::Dictionary(parameters) = self.view.resolve(&parameters)? else {
            return Ok(());
        };
        if let Some(Object::Array(font)) = self.view.find(&parameters, "Font")?
            && let [font, size] = font.0.as_slice()
            && let Some(size) = self.view.resolve(&size.object)?.as_number()
        {
            state.font = self.load_font(&font.object)?;
            state.size = size;
        }
        Ok(())
    }

    fn font(&mut self, name: &[u8], resources: &Dictionary) -> Result<Option<Rc<Font>>, PdfError> {
        match self.resource(resources, "Font", name)? {
            Some(font) => self.load_font(&font),
            None => Ok(None),
        }
    }

    fn load_font(&mut self, font: &Object) -> Result<Option<Rc<Font>>, PdfError> {
        let id = font.as_reference();
        if let Some(loaded) = id.and_then(|id| self.fonts.loaded.get(&id)) {
            return Ok(Some(Rc::clone(loaded)));
        }
        let Object::Dictionary(dictionary) = self.view.resolve(font)? else {
            return Ok(None);
        };
        let Self { view, bytes, .. } = self;
        let mut charge = |count| charge(bytes, count);
        let loaded = Rc::new(
            Loader {
                view: *view,
                charge: &mut charge,
            }
            .load(&dictionary)?,
        );
        self.fonts.weight = self.fonts.weight.saturating_add(loaded.weight());
        limited(
            "weight of a page's fonts",
            self.fonts.weight as u64,
            MAX_FONT_WEIGHT as u64,
        )?;
        if let Some(id) = id {
            self.fonts.loaded.insert(id, Rc::clone(&loaded));
        }
        Ok(Some(loaded))
    }

    /// A named resource, not resolved.
    fn resource(
        &self,
        resources: &Dictionary,
        kind: &str,
        name: &[u8],
    ) -> Result<Option<Object>, PdfError> {
        let Some(group) = resources.get(kind) else {
            return Ok(None);
        };
        // Not `find`: it would copy the group, which can be long, for every operator.
        let indirect;
        let group = match &group.object {
            Object::Reference(id) => {
                indirect = self.view.object(*id)?;
                &indirect.object
            }
            direct => direct,
        };
        let Some(group) = group.as_dictionary() else {
            return Ok(None);
        };
        let entry = group.entries.iter().rev().find(|entry| entry.key.0 == name);
        Ok(entry.map(|entry| entry.value.object.clone()))
    }
}

impl Content {
    /// The error for content that does not end, at the stream where it begins.
    fn damage(&self, error: Unterminated) -> PdfError {
        let parts = self.parts.iter().rev();
        let part = parts
            .into_iter()
            .find(|(start, _)| *start <= error.position);
        PdfError::Damaged {
            offset: part.map_or(0, |(_, offset)| *offset),
            damage: Damage::BadSyntax,
        }
    }
}

/// A glyph whose box in glyph space is given, on the page; none if the numbers are beyond measure.
fn place(
    to_page: Matrix,
    advance: (f64, f64),
    [left, right]: [f64; 2],
    [bottom, top]: [f64; 2],
    start: usize,
) -> Option<Glyph> {
    let corners = [(left, bottom), (right, bottom), (left, top), (right, top)];
    let corners = corners.map(|(x, y)| to_page.point(x, y));
    let (xs, ys) = (
        corners.map(|corner| corner.0),
        corners.map(|corner| corner.1),
    );
    let bounds = Rect {
        left: xs.into_iter().fold(f64::INFINITY, f64::min),
        bottom: ys.into_iter().fold(f64::INFINITY, f64::min),
        right: xs.into_iter().fold(f64::NEG_INFINITY, f64::max),
        top: ys.into_iter().fold(f64::NEG_INFINITY, f64::max),
    };
    let length = |(x, y): (f64, f64)| (x * x + y * y).sqrt();
    // A glyph without width still has a direction.
    let along = if advance.1 == 0.0 {
        to_page.vector(1.0, 0.0)
    } else {
        to_page.vector(0.0, -1.0)
    };
    let up = if advance.1 == 0.0 {
        to_page.vector(0.0, 1.0)
    } else {
        to_page.vector(1.0, 0.0)
    };
    let unit = length(along);
    let direction = (along.0 / unit, along.1 / unit);
    let measures = [
        bounds.left,
        bounds.bottom,
        bounds.right,
        bounds.top,
        direction.0,
        direction.1,
        length(up),
    ];
    measures
        .iter()
        .all(|measure| measure.is_finite())
        .then(|| Glyph {
            origin: to_page.point(0.0, 0.0),
            direction,
            advance: length(to_page.vector(advance.0, advance.1)),
            size: length(up),
            bounds,
            characters: start..start,
        })
}

fn limited(what: &'static str, count: u64, limit: u64) -> Result<(), PdfError> {
    (count <= limit)
        .then_some(())
        .ok_or(PdfError::TooLarge { what, limit })
}

fn charge(bytes: &mut usize, count: usize) -> Result<(), PdfError> {
    *bytes = bytes.saturating_add(count);
    limited(
        "decoded bytes of a page",
        *bytes as u64,
        MAX_PAGE_BYTES as u64,
    )
}
