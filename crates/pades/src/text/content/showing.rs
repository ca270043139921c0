//! Text operators (ISO 32000-2, 9.3 and 9.4): where each glyph comes to stand.

use std::rc::Rc;

use super::{Interpreter, MAX_GLYPHS, limited};
use crate::{
    PdfError,
    file::Rect,
    text::{
        font::Font,
        lines::Glyph,
        matrix::Matrix,
        operands::{Operand, numbers},
    },
};

/// The part of the graphics state that moves text.
#[derive(Clone)]
pub(super) struct State {
    pub(super) ctm: Matrix,
    pub(super) font: Option<Rc<Font>>,
    pub(super) size: f64,
    character_spacing: f64,
    word_spacing: f64,
    scale: f64,
    leading: f64,
    rise: f64,
}

/// Text matrices, which live between `BT` and `ET`.
#[derive(Clone, Copy)]
pub(super) struct TextMatrices {
    text: Matrix,
    line: Matrix,
}

impl State {
    pub(super) fn new(ctm: Matrix) -> Self {
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
    pub(super) const START: Self = Self {
        text: Matrix::IDENTITY,
        line: Matrix::IDENTITY,
    };

    fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::translation(x, y).then(self.line);
        self.text = self.line;
    }
}

impl Interpreter<'_, '_, '_> {
    /// Operators of 9.3 and 9.4, `Tf` excepted.
    pub(super) fn text_operator(
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
