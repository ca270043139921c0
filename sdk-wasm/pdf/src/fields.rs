//! Inputs: plain objects of the host, whose types the npm package declares. A field of another type is refused.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, prelude::*};

use crate::refusal;

/// An object of the host. Absent fields are `undefined` or `null`.
pub struct Fields<'a>(pub &'a JsValue);

impl Fields<'_> {
    /// Whatever the field holds.
    ///
    /// # Errors
    /// `malformed` if there is no such object.
    pub fn any(&self, name: &str) -> Result<Option<JsValue>, JsError> {
        let value = Reflect::get(self.0, &name.into()).map_err(|_| wrong(name, "an object"))?;
        Ok((!value.is_undefined() && !value.is_null()).then_some(value))
    }

    /// A text.
    ///
    /// # Errors
    /// `malformed` if it is something else.
    pub fn text(&self, name: &str) -> Result<Option<String>, JsError> {
        let text = |value: JsValue| value.as_string().ok_or_else(|| wrong(name, "a text"));
        self.any(name)?.map(text).transpose()
    }

    /// A finite number.
    ///
    /// # Errors
    /// `malformed` if it is something else.
    pub fn number(&self, name: &str) -> Result<Option<f64>, JsError> {
        let number = |value: JsValue| {
            let number = value.as_f64().filter(|number| number.is_finite());
            number.ok_or_else(|| wrong(name, "a number"))
        };
        self.any(name)?.map(number).transpose()
    }

    /// A whole number within the range of `u32`, or of whatever it is converted to.
    ///
    /// # Errors
    /// `malformed` if it is something else.
    pub fn whole<T: TryFrom<i64>>(&self, name: &str) -> Result<Option<T>, JsError> {
        let whole = |number: f64| {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "below 2^53 it is exact, and checked to be whole"
            )]
            let whole =
                (number.fract() == 0.0 && number.abs() < MAX_EXACT).then_some(number as i64);
            whole
                .and_then(|whole| T::try_from(whole).ok())
                .ok_or_else(|| wrong(name, "a whole number"))
        };
        self.number(name)?.map(whole).transpose()
    }

    /// A truth value.
    ///
    /// # Errors
    /// `malformed` if it is something else, or absent.
    pub fn flag(&self, name: &str) -> Result<bool, JsError> {
        let value = self.any(name)?.and_then(|value| value.as_bool());
        value.ok_or_else(|| wrong(name, "true or false"))
    }

    /// A list.
    ///
    /// # Errors
    /// `malformed` if it is something else.
    pub fn list(&self, name: &str) -> Result<Option<Vec<JsValue>>, JsError> {
        let list = |value: JsValue| match value.dyn_into::<Array>() {
            Ok(list) => Ok(list.to_vec()),
            Err(_) => Err(wrong(name, "a list")),
        };
        self.any(name)?.map(list).transpose()
    }

    /// A list of texts.
    ///
    /// # Errors
    /// `malformed` if it is something else.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, JsError> {
        let Some(list) = self.list(name)? else {
            return Ok(None);
        };
        let texts: Option<Vec<String>> = list.iter().map(JsValue::as_string).collect();
        texts
            .map(Some)
            .ok_or_else(|| wrong(name, "a list of texts"))
    }
}

/// Whole numbers below are exact in JavaScript.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// What a field must be, and is not.
pub fn wrong(name: &str, what: &str) -> JsError {
    refusal("malformed", &[name, " must be ", what].concat())
}

/// What must be there.
///
/// # Errors
/// `malformed` if it is not.
pub fn needed<T>(name: &str, value: Option<T>) -> Result<T, JsError> {
    value.ok_or_else(|| refusal("malformed", &[name, " is missing"].concat()))
}
