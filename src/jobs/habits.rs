//! How notes are read by the habits of their show: the reader that the archive asks when it finds that they changed.

use std::num::NonZero;
use std::thread;

use crate::archive::{NotesReader, ReadNotes, ShowFacts, Unread};
use crate::http::Url;
use crate::model::Credit;
use crate::notes::{self, Cast, ShowHabits, Traits};

/// Fewer notes are not worth a thread.
const FEWEST: usize = 16;

/// Reads the notes of one show.
#[derive(Debug, Default)]
pub(super) struct Reader {
    habits: ShowHabits,
    cast: Cast,
}

impl Reader {
    fn read_one(&self, unread: &Unread) -> ReadNotes {
        let base = unread.base_url.as_deref().and_then(|base| Url::parse(base).ok());
        let source = notes::Source {
            html: &unread.html,
            title: unread.title.as_deref(),
            base: base.as_ref(),
            cast: Some(&self.cast),
            show: Some(&self.habits),
        };
        ReadNotes {
            notes: notes::read(source),
            version: notes::VERSION,
            habits: self.bearing(&unread.traits),
            traits: unread.traits.clone(),
        }
    }
}

impl NotesReader for Reader {
    fn version(&self) -> i64 {
        notes::VERSION
    }

    fn traits(&self, unread: &[Unread]) -> Vec<Vec<u8>> {
        side_by_side(unread, |unread| notes::traits(&unread.html).to_bytes())
    }

    fn learn(&mut self, facts: &ShowFacts, traits: &mut dyn Iterator<Item = &[u8]>) {
        let traits: Vec<Traits> = traits.filter_map(Traits::from_bytes).collect();
        let ShowFacts { title, author, description, link, persons } = facts;
        self.habits = ShowHabits::of(traits.iter(), link.as_deref());
        self.cast = Cast::of(title.as_deref(), author.as_deref(), description.as_deref(), persons);
    }

    fn show_credits(&self) -> Vec<Credit> {
        self.cast.credits.clone()
    }

    fn bearing(&self, traits: &[u8]) -> i64 {
        let bearing = self.habits.bearing(&Traits::from_bytes(traits).unwrap_or_default());
        bearing ^ self.cast.key().cast_signed()
    }

    fn read(&self, unread: &[Unread]) -> Vec<ReadNotes> {
        side_by_side(unread, |unread| self.read_one(unread))
    }
}

/// Works on all things at once, as far as there are processors; results in order.
fn side_by_side<T: Sync, R: Send>(things: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let share = things.len().div_ceil(threads).max(FEWEST);
    let work = &work;
    thread::scope(|scope| {
        let shares: Vec<_> = things
            .chunks(share)
            .map(|share| scope.spawn(move || share.iter().map(work).collect::<Vec<R>>()))
            .collect();
        let joined = |share: thread::ScopedJoinHandle<'_, Vec<R>>| {
            share.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        shares.into_iter().flat_map(joined).collect()
    })
}
