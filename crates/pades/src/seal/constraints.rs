//! What an existing field demands of its signature (ISO 32000-2 clause 12.7.5.5).

use super::{
    SealError,
    edit::broken,
    form::{Field, Lock},
    prepare::SealRequest,
    text::read_text_string,
};
use crate::{file::View, syntax::Object};

/// The field's own lock (table 236), which begins to hold when the field is signed.
pub(super) fn own_lock(
    view: View<'_, '_>,
    field: &Field,
) -> Result<Option<(Lock, Option<i64>)>, SealError> {
    let Some(lock) = view.find(&field.dictionary, "Lock")? else {
        return Ok(None);
    };
    let unreadable = || broken(field.id, "has a lock that cannot be read");
    let dictionary = lock.as_dictionary().ok_or_else(unreadable)?;
    let lock = Lock::read(view, dictionary)?.ok_or_else(unreadable)?;
    let permissions = match view.find(dictionary, "P")? {
        None => None,
        Some(Object::Integer(number @ 1..=3)) => Some(number),
        Some(_) => return Err(unreadable()),
    };
    Ok(Some((lock, permissions)))
}

/// What the field demands of its signature (table 237). Demands that cannot be met or judged here are refused; wishes are not.
pub(super) fn check_seed_values(
    view: View<'_, '_>,
    field: &Field,
    request: &SealRequest<'_>,
) -> Result<(), SealError> {
    let Some(seed) = view.find(&field.dictionary, "SV")? else {
        return Ok(());
    };
    let Object::Dictionary(seed) = seed else {
        return Err(broken(field.id, "has seed values that are no dictionary"));
    };
    let demands = |demand: &str| SealError::FieldConstraints {
        field: field.name.clone(),
        demand: demand.to_owned(),
    };
    let flags = view.find(&seed, "Ff")?.and_then(|flags| flags.as_integer());
    let flags = flags.unwrap_or(0);
    let required = |bit: u32| flags >> (bit - 1) & 1 == 1;
    let names = |value: Option<Object>| match value {
        Some(Object::Array(items)) => items.0.into_iter().map(|item| item.object).collect(),
        Some(other) => vec![other],
        None => Vec::new(),
    };
    let has = |list: &[Object], name: &str| {
        list.iter()
            .any(|item| item.as_name().is_some_and(|item| *item == *name))
    };
    if required(1) && !has(&names(view.find(&seed, "Filter")?), "Adobe.PPKLite") {
        return Err(demands("another signature handler"));
    }
    if required(2)
        && !has(
            &names(view.find(&seed, "SubFilter")?),
            "ETSI.CAdES.detached",
        )
    {
        return Err(demands(
            "another form of signature than ETSI.CAdES.detached",
        ));
    }
    if required(4) {
        let reasons = names(view.find(&seed, "Reasons")?);
        let mut allowed = reasons.iter().filter_map(Object::as_bytes);
        let reason = request.reason.as_deref().unwrap_or_default();
        if !allowed.any(|allowed| read_text_string(allowed) == reason) {
            return Err(demands("one of its own reasons"));
        }
    }
    for (bit, demand) in [
        (3, "a version of seed values that is not known here"),
        (5, "legal attestations"),
        (6, "revocation data inside the signature"),
        (7, "certain digest algorithms"),
        (8, "that the document be locked in a certain way"),
        (9, "an appearance of its own"),
    ] {
        if required(bit) {
            return Err(demands(demand));
        }
    }
    if let Some(Object::Dictionary(certificate)) = view.find(&seed, "Cert")?
        && let Some(flags) = view.find(&certificate, "Ff")?
        && flags.as_integer() != Some(0)
    {
        return Err(demands("certain certificates"));
    }
    if let Some(Object::Dictionary(stamp)) = view.find(&seed, "TimeStamp")?
        && let Some(flags) = view.find(&stamp, "Ff")?
        && flags.as_integer() != Some(0)
    {
        return Err(demands("a time stamp of a certain authority"));
    }
    if let Some(Object::Dictionary(certification)) = view.find(&seed, "MDP")? {
        let wanted = view
            .find(&certification, "P")?
            .and_then(|number| number.as_integer());
        let given = request
            .certification
            .map_or(0, |permissions| i64::from(permissions.number()));
        if wanted.is_some_and(|wanted| wanted != given) {
            return Err(demands("another certification level"));
        }
    }
    Ok(())
}
