//! Contracts without their files: lists, forms, submitting, notifications.

use std::sync::Arc;

use hyper::StatusCode;
use warp::Filter;

use super::{JSON, Number, act, contract, enterprises, look};
use crate::{
    contracts::{
        actions::{self, ReturnBody},
        form::FormBody,
        list::{self, ListQuery},
        notifications::{self, NotificationQuery, ReadBody},
        rows, view,
    },
    http::{
        Problem,
        body::{self, CONTRACT_BODY, SMALL_BODY},
        endpoint::{
            Answer, Call, Route, json, nothing, with_body, with_body_of, without_body,
            without_body_of,
        },
    },
    platform::{
        events::Doer,
        rights,
        session::{OwnPage, SessionId},
    },
    portal::Portal,
};

pub(super) fn routes(portal: &Arc<Portal>) -> Vec<Route> {
    let all = warp::path!("api" / "contracts");
    let one = || contract().and(warp::path::end());
    let told = warp::path!("api" / "notifications");
    let step = |name: &'static str| {
        contract()
            .and(warp::path(name))
            .and(warp::path::end())
            .and(warp::post())
    };
    vec![
        without_body(
            portal,
            warp::path!("api" / "enterprises").and(warp::get()),
            |portal, call| async move { enterprises(&portal, &call).await },
        ),
        without_body(portal, all.and(warp::get()), |portal, call| async move {
            listed(&portal, &call).await
        }),
        with_body(
            portal,
            all.and(warp::post()),
            (JSON, CONTRACT_BODY),
            |portal, call, bytes| async move { create(&portal, &call, &bytes).await },
        ),
        without_body_of(
            portal,
            one().and(warp::get()),
            |portal, call, Number(id)| async move { show(&portal, &call, id).await },
        ),
        with_body_of(
            portal,
            one().and(warp::put()),
            (JSON, CONTRACT_BODY),
            |portal, call, Number(id), bytes| async move {
                let form = body::json::<FormBody>(&bytes)?.read()?;
                act(&portal, &call, id, move |transaction, member, doer| {
                    actions::change(transaction, member, id, &form, doer)
                })
                .await
            },
        ),
        without_body_of(
            portal,
            one().and(warp::delete()),
            |portal, call, Number(id)| async move { delete(&portal, &call, id).await },
        ),
        without_body_of(
            portal,
            step("submit"),
            |portal, call, Number(id)| async move {
                act(&portal, &call, id, move |transaction, member, doer| {
                    actions::submit(transaction, member, id, doer)
                })
                .await
            },
        ),
        with_body_of(
            portal,
            step("return"),
            (JSON, SMALL_BODY),
            |portal, call, Number(id), bytes| async move {
                let body: ReturnBody = body::json(&bytes)?;
                act(&portal, &call, id, move |transaction, member, doer| {
                    actions::give_back(transaction, member, id, &body, doer)
                })
                .await
            },
        ),
        without_body(portal, told.and(warp::get()), |portal, call| async move {
            told_so_far(&portal, &call).await
        }),
        with_body(
            portal,
            warp::path!("api" / "notifications" / "read").and(warp::post()),
            (JSON, SMALL_BODY),
            |portal, call, bytes| async move { read(&portal, &call, &bytes).await },
        ),
    ]
}

async fn listed(portal: &Portal, call: &Call) -> Answer {
    let query: ListQuery = call.query()?;
    let member = rights::member(portal, &call.headers, None).await?;
    let page = portal
        .store
        .decide(move |transaction| list::page(transaction, &member, &query))
        .await?;
    json(&page)
}

async fn create(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let form = body::json::<FormBody>(bytes)?.read()?;
    let (now, caller) = (portal.now(), call.caller.clone());
    let view = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            let doer = Doer {
                login: Some(&member.login),
                caller: &caller,
                at: now,
            };
            let id = actions::create(transaction, &member, &form, &doer)?;
            let contract = rows::find(transaction, &member, id)?;
            Ok::<_, Problem>(view::contract(transaction, &contract, &member, now)?)
        })
        .await?;
    let mut response = json(&view)?;
    *response.status_mut() = StatusCode::CREATED;
    Ok(response)
}

async fn show(portal: &Portal, call: &Call, id: i64) -> Answer {
    let now = portal.now();
    let view = look(portal, call, id, move |transaction, contract, member| {
        Ok(view::contract(transaction, contract, member, now)?)
    });
    json(&view.await?)
}

async fn delete(portal: &Portal, call: &Call, id: i64) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let (now, caller) = (portal.now(), call.caller.clone());
    portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            let doer = Doer {
                login: Some(&member.login),
                caller: &caller,
                at: now,
            };
            actions::delete(transaction, &member, id, &doer)
        })
        .await?;
    Ok(nothing())
}

async fn told_so_far(portal: &Portal, call: &Call) -> Answer {
    let query: NotificationQuery = call.query()?;
    let session = SessionId::from_headers(&call.headers).ok_or_else(rights::login_required)?;
    let now = portal.now();
    let page = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &session, now)?;
            Ok::<_, Problem>(notifications::page(transaction, &member, query)?)
        })
        .await?;
    json(&page)
}

async fn read(portal: &Portal, call: &Call, bytes: &[u8]) -> Answer {
    let page = OwnPage::require(&call.headers, &portal.origins)?;
    let body: ReadBody = body::json(bytes)?;
    let now = portal.now();
    let left = portal
        .store
        .decide(move |transaction| {
            let member = rights::require(transaction, &page.session, now)?;
            Ok::<_, Problem>(notifications::read(transaction, &member, body)?)
        })
        .await?;
    json(&left)
}
