//! One's own account over HTTP: session, password login, logout, password, sessions.

use std::sync::Arc;

use hyper::header;
use serde::Serialize;
use serde_json::json;
use warp::Filter;

use crate::{
    http::{
        Problem,
        body::{self, SMALL_BODY},
        cookies,
        endpoint::{Answer, Call, Route, json, nothing, with_body, without_body, without_body_of},
    },
    platform::{
        events::Doer,
        password::{LoginBody, PasswordBody},
        rights,
        session::{self, OwnPage, SessionId},
        sessions::{self, SessionView},
        view::AccountView,
    },
    portal::Portal,
    settings::{self, Codes},
};

const JSON: &str = "application/json";
/// Sessions that a page shows: more than one person has browsers.
const SESSIONS_SHOWN: u32 = 50;

#[derive(Serialize)]
struct CurrentSession {
    csrf: String,
    account: Option<AccountView>,
    codes: Codes,
}

#[derive(Serialize)]
struct LoggedIn {
    account: AccountView,
}

#[derive(Serialize)]
struct Sessions {
    sessions: Vec<SessionView>,
}

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    vec![
        without_body(
            portal,
            warp::path!("api" / "session").and(warp::get()),
            |portal, call| async move { current(&portal, &call).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "login").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { login(&portal, &call, &bytes).await },
        ),
        without_body(
            portal,
            warp::path!("api" / "logout").and(warp::post()),
            |portal, call| async move { logout(&portal, &call).await },
        ),
        with_body(
            portal,
            warp::path!("api" / "password").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { change_password(&portal, &call, &bytes).await },
        ),
        without_body(
            portal,
            warp::path!("api" / "sessions").and(warp::get()),
            |portal, call| async move { list(&portal, &call).await },
        ),
        without_body_of(
            portal,
            warp::path!("api" / "sessions" / String / "end").and(warp::post()),
            |portal, call, id| async move { end(&portal, &call, id).await },
        ),
    ]
}

async fn current(portal: &Portal, call: &Call) -> Answer {
    let known = SessionId::from_headers(&call.headers);
    let id = match &known {
        Some(id) => id.clone(),
        None => SessionId::random().map_err(|error| Problem::internal(&error))?,
    };
    let (asked, showing) = (known.clone(), portal.showing().await?);
    let (account, codes) = portal
        .store
        .write(move |transaction| {
            let account = match &asked {
                Some(id) => session::find(transaction, id, &showing)?,
                None => None,
            };
            Ok((account, settings::read(transaction)?.codes))
        })
        .await?;
    let mut response = json(&CurrentSession {
        csrf: id.csrf_token(),
        account,
        codes,
    })?;
    if known.is_none() {
        response
            .headers_mut()
            .append(header::SET_COOKIE, id.cookie().set_session());
    }
    Ok(response)
}

async fn login(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    portal
        .rates
        .password_per_address
        .check(call.caller.address.into())?;
    let body: LoginBody = body::json(bytes)?;
    portal
        .rates
        .password_per_account
        .check(body.account_key())?;
    let showing = portal.showing().await?;
    let (session, account) = portal
        .passwords
        .login(&portal.store, body, &page.session, &call.caller, showing)
        .await?;
    let mut response = json(&LoggedIn { account })?;
    response
        .headers_mut()
        .append(header::SET_COOKIE, session.cookie().set_session());
    Ok(response)
}

async fn logout(portal: &Portal, call: &Call) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    portal
        .store
        .write(move |transaction| {
            if let Some(member) = rights::find(transaction, &page.session, now)? {
                let doer = Doer {
                    login: Some(&member.login),
                    caller: &caller,
                    at: now,
                };
                doer.record(transaction, "logout", Some(member.account_id), json!({}))?;
            }
            session::end(transaction, &page.session)
        })
        .await?;
    let mut response = nothing();
    response
        .headers_mut()
        .append(header::SET_COOKIE, cookies::clear_session());
    Ok(response)
}

async fn change_password(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let member = rights::member(portal, &call.headers, Some(&page)).await?;
    portal
        .rates
        .password_per_account
        .check(member.login.clone())?;
    let body: PasswordBody = body::json(bytes)?;
    let (store, now) = (&portal.store, portal.now());
    portal
        .passwords
        .change(store, body, &page.session, &call.caller, now)
        .await?;
    Ok(nothing())
}

async fn list(portal: &Portal, call: &Call) -> Answer {
    let session = SessionId::from_headers(&call.headers).ok_or_else(rights::login_required)?;
    let now = portal.now();
    let sessions = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &session, now)?;
            let whose = Some(member.account_id);
            let page = (0, SESSIONS_SHOWN);
            let (sessions, _) = sessions::list(transaction, whose, page, &session, now)?;
            Ok::<_, Problem>(sessions)
        })
        .await?;
    json(&Sessions { sessions })
}

async fn end(portal: &Portal, call: &Call, id: String) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let sessions = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            let whose = Some(member.account_id);
            let doer = Doer {
                login: Some(&member.login),
                caller: &caller,
                at: now,
            };
            sessions::end(transaction, whose, &id, &doer)?;
            let shown = (0, SESSIONS_SHOWN);
            let (sessions, _) = sessions::list(transaction, whose, shown, &page.session, now)?;
            Ok::<_, Problem>(sessions)
        })
        .await?;
    json(&Sessions { sessions })
}
