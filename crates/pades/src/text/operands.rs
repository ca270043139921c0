//! What operators take, and inline images, which stand where operators do.

use super::{
    images::image_length,
    tokens::{Token, Tokens, Unterminated},
};

/// Operands that an operator may take: those before are dropped. Colours with 32 components take most.
const MAX_OPERANDS: usize = 64;

/// What operators take.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Array(Vec<Self>),
    Name(Vec<u8>),
    Number(f64),
    String(Vec<u8>),
    /// A dictionary, boolean or `null`; no operator of text takes any.
    Other,
}

/// The operand that begins with `token`; nothing for stray closing delimiters.
pub(super) fn operand(
    token: Token<'_>,
    tokens: &mut Tokens<'_>,
) -> Result<Option<Operand>, Unterminated> {
    Ok(Some(match token {
        Token::Name(name) => Operand::Name(name),
        Token::Number(number) => Operand::Number(number),
        Token::String(string) => Operand::String(string),
        Token::DictionaryStart => {
            skip_nested(tokens)?;
            Operand::Other
        }
        Token::ArrayStart => {
            let position = tokens.position();
            let mut elements = Vec::new();
            loop {
                match tokens.next()?.ok_or(Unterminated { position })? {
                    Token::ArrayEnd => break Operand::Array(elements),
                    Token::Number(number) => elements.push(Operand::Number(number)),
                    Token::String(string) => elements.push(Operand::String(string)),
                    Token::ArrayStart | Token::DictionaryStart => skip_nested(tokens)?,
                    _ => {}
                }
            }
        }
        Token::ArrayEnd | Token::DictionaryEnd | Token::Keyword(_) => return Ok(None),
    }))
}

/// Passes over an inline image, of which `BI` has been read (8.9.7).
pub(super) fn skip_image(tokens: &mut Tokens<'_>) -> Result<(), Unterminated> {
    let position = tokens.position();
    let mut entries = Vec::new();
    loop {
        match tokens.next()?.ok_or(Unterminated { position })? {
            Token::Keyword(b"ID") => break,
            Token::ArrayStart | Token::DictionaryStart => {
                skip_nested(tokens)?;
                entries.push(Token::Keyword(b"nested"));
            }
            other => entries.push(other),
        }
    }
    let length = image_length(&entries, tokens.rest()).ok_or(Unterminated { position })?;
    tokens.skip(length);
    Ok(())
}

/// Keeps the last operands.
pub(super) fn push(operands: &mut Vec<Operand>, operand: Operand) {
    if operands.len() == MAX_OPERANDS {
        operands.remove(0);
    }
    operands.push(operand);
}

/// The last operands, if they are numbers.
pub(super) fn numbers<const COUNT: usize>(operands: &[Operand]) -> Option<[f64; COUNT]> {
    let mut numbers = [0.0; COUNT];
    for (slot, operand) in numbers.iter_mut().zip(operands.last_chunk::<COUNT>()?) {
        let Operand::Number(number) = operand else {
            return None;
        };
        *slot = *number;
    }
    Some(numbers)
}

/// Passes over the rest of an array or dictionary, of which the beginning has been read.
fn skip_nested(tokens: &mut Tokens<'_>) -> Result<(), Unterminated> {
    let position = tokens.position();
    let mut depth = 1_usize;
    while depth > 0 {
        match tokens.next()?.ok_or(Unterminated { position })? {
            Token::ArrayStart | Token::DictionaryStart => depth += 1,
            Token::ArrayEnd | Token::DictionaryEnd => depth -= 1,
            _ => {}
        }
    }
    Ok(())
}
