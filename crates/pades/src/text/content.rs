//! Runs the content of a page (ISO 32000-2, 8 and 9) as far as text is concerned: where every glyph stands.

mod resources;
mod showing;

use std::{collections::HashMap, rc::Rc};

use self::{
    resources::Form,
    showing::{State, TextMatrices},
};
use super::{
    font::Font,
    lines::PageText,
    matrix::Matrix,
    operands::{Operand, numbers, operand, push, skip_image},
    tokens::{Token, Tokens, Unterminated},
};
use crate::{
    Damage, PdfError,
    file::{Page, Rect, View},
    syntax::{Dictionary, Object, ObjectId},
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
