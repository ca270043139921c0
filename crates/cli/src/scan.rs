//! `scanseal phone scan`: one scan from the code to the outcome, with a persona in the person's place.

use std::{collections::VecDeque, time::Duration};

use scanseal_protocol::{
    Text,
    error::Code,
    message::{Hello, Step},
    phone::{End, PhoneEffect, PhoneEvent, PhoneInput, PhoneSecrets, PhoneSession},
    time::Millis,
};
use scanseal_signer::{
    CertificateId, NoCoSigner, Pin, Review, SigningError, UnlockError, Unlocked,
};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    arguments::ScanArguments,
    enrol::refresh_trust_list,
    failure::{Failure, STATUS_DONE, STATUS_PARTLY, coded},
    network::Network,
    now,
    output::{Event, Output, RequestLine},
    persona::{Action, Pins},
    picture,
    relay::{Relay, SocketEvent},
    seals,
    storage::Storage,
};

mod sealing;

use sealing::{Look, Sealing};

/// For timers that are not set: later than any scan.
const NEVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Scans, answers as the persona does, and succeeds if the page says that all went well. Gives the exit status, which is another
/// one if only a part of the documents was taken.
pub(crate) async fn scan(
    arguments: &ScanArguments,
    storage: &Storage,
    network: Network,
    output: &Output,
) -> Result<u8, Failure> {
    let text = match (&arguments.text, &arguments.picture) {
        (_, Some(path)) => picture::read_qr(path)?,
        (text, None) => text.clone().unwrap_or_default(),
    };
    let vault = storage.read()?;
    let (operator, code) = vault.read_code(text.trim()).map_err(coded!())?;
    let home = operator.home().to_owned();
    let address = operator.description().relay.to_string();
    refresh_trust_list(&home, storage, &network).await?;

    let started = Instant::now();
    let session = PhoneSession::new(&code, hello(), secrets()?, Millis(0)).map_err(coded!())?;
    output.event(&Event::Joining {
        relay: address.clone(),
    });
    let pause = arguments.persona.pause(arguments.pause);
    let relay = Relay::new(network, address);
    let mut scan = Scan {
        arguments,
        storage,
        output,
        home,
        session,
        relay,
        started,
        pause,
        alarm: None,
        person: Person::default(),
        sealing: None,
        taken: Taken::default(),
        next: VecDeque::new(),
        end: None,
    };
    scan.run().await
}

/// A scan under way.
struct Scan<'a> {
    arguments: &'a ScanArguments,
    storage: &'a Storage,
    output: &'a Output,
    home: String,
    session: PhoneSession,
    relay: Relay,
    started: Instant,
    pause: Duration,
    alarm: Option<Instant>,
    person: Person,
    /// The documents of a request to seal, once the person has agreed.
    sealing: Option<Sealing>,
    /// What became of the documents.
    taken: Taken,
    /// What the phone says by itself after what happened.
    next: VecDeque<PhoneInput<'static>>,
    end: Option<Result<u8, Failure>>,
}

/// What became of the documents: the platform judges each for itself, however well the scan went.
#[derive(Clone, Copy, Default)]
struct Taken {
    /// How many were not taken.
    refused: usize,
    /// If none was, why the first was not.
    code: Option<Code>,
}

impl Taken {
    fn of(documents: &[Option<Code>]) -> Self {
        let refused = documents.iter().flatten().count();
        let first = documents.iter().flatten().next().copied();
        Self {
            refused,
            code: first.filter(|_| refused == documents.len()),
        }
    }
}

/// What the person sees and is about to do.
#[derive(Default)]
struct Person {
    request: Option<(Review, [u8; 32])>,
    plan: VecDeque<Action>,
    acts_at: Option<Instant>,
}

impl Scan<'_> {
    async fn run(&mut self) -> Result<u8, Failure> {
        self.feed(PhoneInput::Start).await?;
        loop {
            if let Some(end) = self.end.take() {
                self.relay.disconnect().await;
                return end;
            }
            let never = self.started + NEVER;
            tokio::select! {
                event = self.relay.next() => match event {
                    SocketEvent::Opened => self.feed(PhoneInput::SocketOpened).await?,
                    SocketEvent::Closed => self.feed(PhoneInput::SocketClosed).await?,
                    SocketEvent::Text(text) => self.feed(PhoneInput::Text(&text)).await?,
                    SocketEvent::Binary(bytes) => self.feed(PhoneInput::Binary(&bytes)).await?,
                },
                () = sleep_until(self.alarm.unwrap_or(never)) => {
                    self.alarm = None;
                    self.feed(PhoneInput::Woken).await?;
                }
                () = sleep_until(self.person.acts_at.unwrap_or(never)) => self.act().await?,
            }
        }
    }

    /// Hands in what happened and does what the session asks for.
    async fn feed(&mut self, input: PhoneInput<'_>) -> Result<(), Failure> {
        let mut input = Some(input);
        while let Some(happened) = input.take() {
            let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
            for effect in self.session.handle(happened, Millis(elapsed)) {
                match effect {
                    PhoneEffect::Connect => self.relay.connect(),
                    PhoneEffect::Disconnect => self.relay.disconnect().await,
                    PhoneEffect::SendText(text) => self.relay.send(Message::text(text)),
                    PhoneEffect::SendBinary(bytes) => self.relay.send(Message::binary(bytes)),
                    PhoneEffect::WakeAt(Millis(at)) => {
                        self.alarm = Some(self.started + Duration::from_millis(at))
                    }
                    PhoneEffect::Event(event) => self.notice(event)?,
                }
            }
            input = self.next.pop_front();
        }
        Ok(())
    }

    fn notice(&mut self, event: PhoneEvent) -> Result<(), Failure> {
        match event {
            PhoneEvent::Requested {
                jws,
                check_number,
                channel_binding,
                expires_in_ms,
            } => {
                self.person.acts_at = Some(Instant::now() + self.pause);
                self.person.plan = self
                    .decide(&jws, &check_number, channel_binding, expires_in_ms)?
                    .into();
            }
            PhoneEvent::PageAway => self.output.event(&Event::Connection { state: "page-away" }),
            PhoneEvent::PageBack => self.output.event(&Event::Connection { state: "page-back" }),
            PhoneEvent::Reconnecting => self.output.event(&Event::Connection {
                state: "reconnecting",
            }),
            PhoneEvent::Reconnected => self.output.event(&Event::Connection {
                state: "reconnected",
            }),
            PhoneEvent::Prepared(prepared) => {
                if let Some(sealing) = &mut self.sealing {
                    sealing.prepared(prepared);
                }
                self.fetch_on();
            }
            PhoneEvent::Piece(fetch, piece) => {
                if let Some(sealing) = &mut self.sealing {
                    sealing.piece(fetch, &piece);
                }
                self.fetch_on();
            }
            PhoneEvent::Outcome {
                code,
                detail,
                documents,
            } => {
                self.taken = Taken::of(&documents);
                self.output.event(&Event::Outcome {
                    code,
                    detail,
                    documents,
                });
            }
            PhoneEvent::Ended(End::Done) => {
                let Taken { refused, code } = self.taken;
                self.output.event(&Event::Ended { code, refused });
                self.end = Some(match (code, refused) {
                    (Some(code), _) => Err(Failure::new(code, "no document was accepted")),
                    (None, 0) => Ok(STATUS_DONE),
                    (None, _) => Ok(STATUS_PARTLY),
                });
            }
            PhoneEvent::Ended(End::Failed(code)) => {
                self.output.event(&Event::Ended {
                    code: Some(code),
                    refused: self.taken.refused,
                });
                self.end = Some(Err(Failure::new(code, "the scan ended without success")));
            }
            // The enum is open; a new event must be given a meaning here.
            other => {
                return Err(Failure::internal(format!(
                    "an event this command does not know: {other:?}"
                )));
            }
        }
        Ok(())
    }

    /// Reviews the request: a plan of the persona, or a refusal that no person is asked about.
    fn decide(
        &mut self,
        jws: &str,
        check_number: &str,
        channel_binding: [u8; 32],
        expires_in_ms: u64,
    ) -> Result<Vec<Action>, Failure> {
        let vault = self.storage.read()?;
        let review = match Review::new(&vault, &self.home, jws, now()?) {
            Ok(review) => review,
            Err(error) => return Ok(vec![Action::Refuse(error.code())]),
        };
        self.output
            .event(&Event::Requested(Box::new(RequestLine::new(
                &review,
                check_number,
                expires_in_ms,
            ))));
        let plan = match review.none_fits() {
            Some(code) => vec![Action::Refuse(code)],
            None => self.arguments.persona.plan(),
        };
        self.person.request = Some((review, channel_binding));
        Ok(plan)
    }

    /// The person's next step.
    async fn act(&mut self) -> Result<(), Failure> {
        let action = self.person.plan.pop_front();
        self.person.acts_at = (!self.person.plan.is_empty()).then(|| Instant::now() + self.pause);
        match action {
            None => Ok(()),
            Some(Action::Progress(step)) => self.feed(PhoneInput::Progress(step)).await,
            Some(action @ (Action::TypeWrongPin | Action::Approve)) => self.approve(action).await,
            Some(Action::Refuse(code)) => self.refuse(code).await,
            Some(Action::Cancel) => {
                self.output.event(&Event::Person { action: "cancel" });
                self.feed(PhoneInput::Cancel).await
            }
            Some(Action::Drop) => {
                self.output.event(&Event::Person { action: "drop" });
                self.relay.drop_socket();
                self.feed(PhoneInput::SocketClosed).await
            }
            Some(Action::Vanish) => {
                self.output.event(&Event::Person { action: "vanish" });
                self.relay.drop_socket();
                self.end = Some(Err(Failure::new(
                    Code::PeerAway,
                    "the person is gone, as this persona does",
                )));
                Ok(())
            }
        }
    }

    async fn refuse(&mut self, code: Code) -> Result<(), Failure> {
        self.person.plan.clear();
        self.person.acts_at = None;
        self.output.event(&Event::Refusing { code });
        self.feed(PhoneInput::Refuse(code)).await
    }

    /// Asks for more of the documents; the person goes on when everything is here.
    fn fetch_on(&mut self) {
        let Some(sealing) = &mut self.sealing else {
            return;
        };
        self.next.extend(std::iter::from_fn(|| sealing.next()));
        if sealing.is_complete() {
            self.person.acts_at = Some(Instant::now() + self.pause);
        }
    }

    /// Tries a PIN, the wrong or the right one; the right one signs.
    async fn approve(&mut self, action: Action) -> Result<(), Failure> {
        let Pins { right, wrong } = &self.arguments.pin;
        let pin = if action == Action::Approve {
            right
        } else {
            wrong
        };
        let Some((review, channel_binding)) = self.person.request.take() else {
            return Ok(());
        };
        let fits = |candidate: &&scanseal_signer::Candidate| candidate.unfit().is_none();
        let first = || {
            review
                .candidates()
                .iter()
                .find(fits)
                .map(scanseal_signer::Candidate::id)
        };
        let chosen = self.arguments.certificate.or_else(first);
        let checked = chosen.ok_or(Code::CertificateNone).and_then(|id| {
            review
                .check(&id, now().map_err(|_| Code::Internal)?)
                .map(|_| id)
                .map_err(|error| error.code())
        });
        let id = match checked {
            Ok(id) => id,
            Err(code) => return self.refuse(code).await,
        };
        if !review.documents().is_empty() && self.sealing.is_none() {
            // The PIN comes when the documents have been looked at.
            self.person.plan.push_front(action);
            self.person.acts_at = None;
            return self.choose(review, channel_binding, id).await;
        }
        let documents = match &mut self.sealing {
            Some(sealing) => match sealing.judge(&review, self.output) {
                Ok(documents) => documents,
                Err(code) => return self.refuse(code).await,
            },
            None => Vec::new(),
        };
        let unlocked = match self.unlock(&id, pin)? {
            Ok(unlocked) => unlocked,
            Err(UnlockError::Wrong { tries_left }) => {
                self.output.event(&Event::PinWrong { tries_left });
                // The person may try again, with the same request before them.
                self.person.request = Some((review, channel_binding));
                return Ok(());
            }
            Err(error) => {
                if let UnlockError::Locked { until } = error {
                    self.output.event(&Event::PinLocked { until });
                }
                return self.refuse(error.code()).await;
            }
        };
        self.feed(PhoneInput::Progress(Step::Signing)).await?;
        let failed = |error: SigningError| Failure::internal(error.to_string());
        let answer = if documents.is_empty() {
            match review.approve(&unlocked, &channel_binding, now()?) {
                Ok(signing) => {
                    let assertion = signing.run(&mut NoCoSigner).await;
                    PhoneInput::assert(assertion.map_err(failed)?)
                }
                Err(error) => return self.refuse(error.code()).await,
            }
        } else {
            match review.seal(&unlocked, &documents, &channel_binding, now()?) {
                Ok(signing) => {
                    let answer = signing.run(&mut NoCoSigner).await.map_err(failed)?;
                    PhoneInput::Assert {
                        jws: answer.assertion,
                        signatures: answer.signatures,
                    }
                }
                Err(error) => return self.refuse(error.code()).await,
            }
        };
        self.output.event(&Event::Signed {
            certificate: id.to_string(),
        });
        self.feed(answer).await
    }

    /// Tells the page with what the documents shall be sealed.
    async fn choose(
        &mut self,
        review: Review,
        channel_binding: [u8; 32],
        certificate: CertificateId,
    ) -> Result<(), Failure> {
        let seal = match &self.arguments.seal {
            Some(named) => seals::find(named, &certificate, self.storage)?,
            None => Vec::new(),
        };
        let look = if self.arguments.skip_check {
            Look::AtNothing
        } else {
            Look::AtAll
        };
        let (sealing, choose) = Sealing::begin(&review, certificate, seal, look);
        self.sealing = Some(sealing);
        self.person.request = Some((review, channel_binding));
        self.feed(choose).await
    }

    /// Counts the try in the file, and only then looks at the PIN.
    fn unlock(
        &self,
        id: &CertificateId,
        pin: &Pin,
    ) -> Result<Result<Unlocked, UnlockError>, Failure> {
        let at = now()?;
        // `change` has stored the vault, with the try counted, when it returns.
        let begun = match self
            .storage
            .change(|vault| Ok(vault.begin_attempt(id, at)))?
        {
            Ok(begun) => begun,
            Err(error) => return Ok(Err(error)),
        };
        let attempt = begun.stored();
        self.storage.change(|vault| Ok(attempt.unlock(vault, pin)))
    }
}

fn hello() -> Hello {
    let device = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let locale = std::env::var("LANG")
        .ok()
        .filter(|lang| lang.starts_with("en"))
        .map_or("zh-Hans", |_| "en");
    Hello {
        app: Text::truncated(concat!("scanseal ", env!("CARGO_PKG_VERSION"))),
        device: Text::truncated(&device),
        locale: Text::truncated(locale),
    }
}

fn secrets() -> Result<PhoneSecrets, Failure> {
    let random = || {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| Failure::internal(format!("no randomness: {error}")))?;
        Ok::<_, Failure>(bytes)
    };
    Ok(PhoneSecrets {
        phone_key: random()?,
        ephemeral_seed: random()?,
        jitter_seed: random()?,
    })
}
