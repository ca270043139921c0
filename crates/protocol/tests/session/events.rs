//! What the hosts of a world were told.

use scanseal_protocol::page::{End, PageEvent};
use scanseal_protocol::phone::PhoneEvent;
use scanseal_protocol::time::Millis;

use crate::parts::{Event, PAGE};
use crate::world::World;

impl World {
    pub(crate) fn done(&self, end: usize) -> usize {
        self.ends[end].done
    }

    pub(crate) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn page_events(&self) -> Vec<PageEvent> {
        self.timed_page_events()
            .into_iter()
            .map(|(_, event)| event)
            .collect()
    }

    pub(crate) fn timed_page_events(&self) -> Vec<(Millis, PageEvent)> {
        let page = |(time, event): &(Millis, Event)| match event {
            Event::Page(event) => (*time, event.clone()),
            Event::Phone(_) => unreachable!("the first end is the page"),
        };
        self.ends[PAGE].events.iter().map(page).collect()
    }

    pub(crate) fn phone_events(&self, end: usize) -> Vec<PhoneEvent> {
        let phone = |(_, event): &(Millis, Event)| match event {
            Event::Phone(event) => event.clone(),
            Event::Page(_) => unreachable!("all ends but the first are phones"),
        };
        self.ends[end].events.iter().map(phone).collect()
    }

    /// How the page ended.
    pub(crate) fn page_end(&self) -> Option<End> {
        let events = self.page_events();
        let ends = events
            .iter()
            .enumerate()
            .filter_map(|(position, event)| match event {
                PageEvent::Ended(end) => Some((position, *end)),
                _ => None,
            });
        check_last(&ends.collect::<Vec<_>>(), events.len())
    }

    /// How a phone ended.
    pub(crate) fn phone_end(&self, end: usize) -> Option<End> {
        let events = self.phone_events(end);
        let ends = events
            .iter()
            .enumerate()
            .filter_map(|(position, event)| match event {
                PhoneEvent::Ended(end) => Some((position, *end)),
                _ => None,
            });
        check_last(&ends.collect::<Vec<_>>(), events.len())
    }
}

fn check_last(ends: &[(usize, End)], count: usize) -> Option<End> {
    let (position, end) = *ends.first()?;
    assert_eq!(
        (ends.len(), position + 1),
        (1, count),
        "Ended comes once and last"
    );
    Some(end)
}
