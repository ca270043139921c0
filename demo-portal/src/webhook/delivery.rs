//! The task that delivers: takes what is due from the outbox, a few at a time, until the portal stops.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use scanseal_platform::webhook::{ID_HEADER, SIGNATURE_HEADER, Secret, TIMESTAMP_HEADER};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    client::{Client, Endpoint},
    outbox::{self, Due, Tried},
};
use crate::{portal::Portal, store::StoreError};

/// Messages on their way at once: a receiver that hangs shall not hold up all others behind one.
const AT_ONCE: usize = 4;
/// Another process may have queued something, and the clock may have been set.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often what is over is forgotten.
const CLEAN_EVERY: Duration = Duration::from_secs(3_600);
/// How long messages on their way may take when the portal stops. Those that take longer are sent again.
const DRAIN: Duration = Duration::from_secs(2);

/// Delivers until `stopping` says so.
pub async fn run(
    portal: Arc<Portal>,
    client: Client,
    to: Endpoint,
    secret: Secret,
    mut stopping: watch::Receiver<bool>,
) {
    let mut sending = JoinSet::new();
    let mut on_their_way = BTreeSet::new();
    let mut cleaned: Option<Instant> = None;
    let (client, to, secret) = (Arc::new(client), Arc::new(to), Arc::new(secret));
    while !*stopping.borrow() {
        if cleaned.is_none_or(|cleaned| cleaned.elapsed() > CLEAN_EVERY) {
            cleaned = Some(Instant::now());
            let now = portal.now();
            let clean =
                move |transaction: &rusqlite::Transaction<'_>| outbox::clean(transaction, now);
            if let Err(error) = portal.store.write(clean).await {
                tracing::error!(%error, "old webhook messages cannot be removed");
            }
        }
        for message in next(&portal, &on_their_way).await {
            on_their_way.insert(message.id.clone());
            let (portal, client) = (Arc::clone(&portal), Arc::clone(&client));
            let (to, secret) = (Arc::clone(&to), Arc::clone(&secret));
            sending.spawn(async move {
                let id = message.id.clone();
                if let Err(error) = deliver(&portal, &client, &to, &secret, message).await {
                    // It is still due, so it is sent again: twice rather than never.
                    tracing::error!(%error, id, "what came of a webhook message cannot be stored");
                    sleep(LOOK_EVERY).await;
                }
                id
            });
        }
        tokio::select! {
            // An error means that the handle is gone: stop as well.
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(sent) = sending.join_next() => match sent {
                Ok(id) => {
                    on_their_way.remove(&id);
                }
                Err(error) => {
                    tracing::error!(%error, "sending a webhook message ended by a fault");
                    on_their_way.clear();
                }
            },
            () = portal.store.committed() => {}
            () = portal.webhooks.retry.notified() => {}
            () = sleep(LOOK_EVERY) => {}
        }
    }
    let finish = async { while sending.join_next().await.is_some() {} };
    if timeout(DRAIN, finish).await.is_err() {
        tracing::info!("webhook messages on their way are sent again after the next start");
    }
}

/// What is due and not on its way, as many as there is room for.
async fn next(portal: &Portal, on_their_way: &BTreeSet<String>) -> Vec<Due> {
    let room = AT_ONCE.saturating_sub(on_their_way.len());
    if room == 0 || portal.webhooks.stopped() {
        return Vec::new();
    }
    let now = portal.now();
    let due = portal
        .store
        .read(move |transaction| outbox::due(transaction, now, 2 * AT_ONCE));
    match due.await {
        Ok(mut due) => {
            due.retain(|message| !on_their_way.contains(&message.id));
            due.truncate(room);
            due
        }
        Err(error) => {
            tracing::error!(%error, "the webhook outbox cannot be read");
            Vec::new()
        }
    }
}

/// One try, and what came of it.
async fn deliver(
    portal: &Portal,
    client: &Client,
    to: &Endpoint,
    secret: &Secret,
    message: Due,
) -> Result<(), StoreError> {
    let Due { id, body } = message;
    let at = portal.now();
    let signature = secret.sign(&id, at, body.as_bytes());
    let headers = [
        (ID_HEADER, id.as_str()),
        (TIMESTAMP_HEADER, &at.as_secs().to_string()),
        (SIGNATURE_HEADER, &signature),
    ];
    let tried = match client.post(to, &headers, body).await {
        Ok(status) if status.is_success() => Tried::Delivered,
        Ok(status) if status == hyper::StatusCode::GONE => {
            tracing::error!(%to, "the webhook receiver wants no more messages (410): none are sent until staff retries one, or the next start");
            portal.webhooks.stop();
            Tried::Gone(format!("answered {status}"))
        }
        Ok(status) if status.is_redirection() => {
            Tried::Failed(format!("answered {status}; redirects are not followed"))
        }
        Ok(status) => Tried::Failed(format!("answered {status}")),
        Err(error) => Tried::Failed(error.to_string()),
    };
    match &tried {
        Tried::Delivered => tracing::debug!(%id, "webhook message delivered"),
        Tried::Failed(error) | Tried::Gone(error) => {
            tracing::warn!(%id, error, "webhook message not delivered");
        }
    }
    let now = portal.now();
    portal
        .store
        .write(move |transaction| outbox::record(transaction, &id, &tried, now))
        .await
}
