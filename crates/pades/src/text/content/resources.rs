//! What content calls by name: forms that it draws, fonts, parameters.

use std::rc::Rc;

use super::{
    Content, Interpreter, MAX_FONT_WEIGHT, MAX_FORM_DEPTH, charge, limited, showing::State,
};
use crate::{
    Damage, PdfError,
    syntax::{Array, Dictionary, Object, ObjectId},
    text::{
        font::{Font, Loader},
        matrix::Matrix,
    },
};

pub(super) struct Form {
    content: Content,
    matrix: Matrix,
    /// `None`: those of the content that draws it.
    resources: Option<Dictionary>,
}

impl Interpreter<'_, '_, '_> {
    /// `Do`: draws a form; pictures have no text.
    pub(super) fn draw(
        &mut self,
        name: &[u8],
        resources: &Dictionary,
        state: &State,
    ) -> Result<(), PdfError> {
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
    pub(super) fn apply_parameters(
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

    pub(super) fn font(
        &mut self,
        name: &[u8],
        resources: &Dictionary,
    ) -> Result<Option<Rc<Font>>, PdfError> {
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
