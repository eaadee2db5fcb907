//! Work waiting for its turn, a queue a host: one slow host must not hold back the others.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Bound;

/// A queue with bounds on what runs at once, in all and a host.
pub(super) struct HostQueue<T> {
    hosts: BTreeMap<String, Host<T>>,
    /// The host whose turn was last: hosts take turns.
    last: String,
    running: usize,
    at_once: usize,
    per_host: usize,
}

struct Host<T> {
    waiting: VecDeque<T>,
    running: usize,
}

impl<T> HostQueue<T> {
    pub(super) fn new(at_once: usize, per_host: usize) -> Self {
        let (at_once, per_host) = (at_once.max(1), per_host.max(1));
        Self { hosts: BTreeMap::new(), last: String::new(), running: 0, at_once, per_host }
    }

    pub(super) fn push(&mut self, host: &str, work: T) {
        let host = self
            .hosts
            .entry(host.to_owned())
            .or_insert_with(|| Host { waiting: VecDeque::new(), running: 0 });
        host.waiting.push_back(work);
    }

    /// The next piece of work that may begin now, with its host; [`HostQueue::done`] is told when it ends.
    pub(super) fn next(&mut self) -> Option<(String, T)> {
        if self.running >= self.at_once {
            return None;
        }
        let is_free = |host: &Host<T>| !host.waiting.is_empty() && host.running < self.per_host;
        let last = self.last.as_str();
        let after = self.hosts.range::<str, _>((Bound::Excluded(last), Bound::Unbounded));
        let before = self.hosts.range::<str, _>((Bound::Unbounded, Bound::Included(last)));
        let name = after.chain(before).find(|(_, host)| is_free(host)).map(|(name, _)| name.clone())?;
        let host = self.hosts.get_mut(&name)?;
        let work = host.waiting.pop_front()?;
        host.running += 1;
        self.running += 1;
        self.last.clone_from(&name);
        Some((name, work))
    }

    pub(super) fn done(&mut self, name: &str) {
        self.running = self.running.saturating_sub(1);
        let Some(host) = self.hosts.get_mut(name) else { return };
        host.running = host.running.saturating_sub(1);
        if host.running == 0 && host.waiting.is_empty() {
            self.hosts.remove(name);
        }
    }

    /// Forgets what has not begun; what it was.
    pub(super) fn clear(&mut self) -> Vec<T> {
        self.hosts.values_mut().flat_map(|host| host.waiting.drain(..)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::HostQueue;

    #[test]
    fn hosts_take_turns_within_both_bounds() {
        let mut queue = HostQueue::new(3, 2);
        for (host, work) in [("a", 1), ("a", 2), ("a", 3), ("b", 4), ("c", 5)] {
            queue.push(host, work);
        }
        let mut next = || queue.next().map(|(_, work)| work);
        assert_eq!([next(), next(), next(), next()], [Some(1), Some(4), Some(5), None]);
        queue.done("b");
        assert_eq!(queue.next(), Some(("a".to_owned(), 2)));
        queue.done("c");
        assert_eq!(queue.next(), None, "two are running at host a");
        queue.done("a");
        assert_eq!(queue.next(), Some(("a".to_owned(), 3)));
        assert!(queue.clear().is_empty());
    }
}
