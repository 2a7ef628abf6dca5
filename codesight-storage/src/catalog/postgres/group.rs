//! Group commit: what waits is committed together, and only then answered.
//!
//! A synchronised commit costs the same for one change as for hundreds, so the more callers wait, the more share it;
//! a lone caller waits for nobody. While one lane waits for the disk, the next takes what has come since.

use std::sync::Arc;

use async_trait::async_trait;
use codesight_core::{Error, ErrorKind, Result, Retry};
use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use crate::catalog::fault::Fault;

/// Items that may wait.
const QUEUE: usize = 1_024;
/// KiB that may wait; who comes later waits outside.
const ROOM_KIB: u32 = 64 * 1024;
/// Items in one transaction.
const GROUP: usize = 512;
/// Bytes in one transaction, give or take the last item.
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// How a kind of item is committed.
#[async_trait]
pub(super) trait Groups: Send + Sync + 'static {
    type Item: Send + Sync;
    type Answer: Send;

    /// Named in errors.
    fn operation(&self) -> &'static str;

    /// Bytes an item holds while it waits.
    fn bytes(&self, item: &Self::Item) -> usize;

    /// Commits the items in order, and returns what to answer each.
    async fn commit(&self, items: &[Self::Item]) -> Result<Vec<Result<Self::Answer>>, Fault>;
}

/// An item, who waits for it, and its place in the waiting room.
struct Waiting<G: Groups> {
    item: G::Item,
    answer: oneshot::Sender<Result<G::Answer>>,
    room: OwnedSemaphorePermit,
}

enum Command<G: Groups> {
    Commit(Waiting<G>),
    Close(oneshot::Sender<()>),
}

/// Hands items over to the tasks that commit them.
pub(super) struct Grouped<G: Groups> {
    groups: Arc<G>,
    queue: mpsc::Sender<Command<G>>,
    room: Arc<Semaphore>,
}

impl<G: Groups> Clone for Grouped<G> {
    fn clone(&self) -> Self {
        Self { groups: Arc::clone(&self.groups), queue: self.queue.clone(), room: Arc::clone(&self.room) }
    }
}

impl<G: Groups> Grouped<G> {
    /// Starts as many tasks as there are lanes.
    pub(super) fn start(groups: G, lanes: usize) -> Self {
        let groups = Arc::new(groups);
        let (sender, receiver) = mpsc::channel(QUEUE);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..lanes {
            tokio::spawn(run(Arc::clone(&groups), Arc::clone(&receiver)));
        }
        Self { groups, queue: sender, room: Arc::new(Semaphore::new(ROOM_KIB as usize)) }
    }

    /// Returns once the item is committed, or refused.
    pub(super) async fn commit(&self, item: G::Item) -> Result<G::Answer> {
        let closed = || {
            Error::new(ErrorKind::Unavailable, self.groups.operation(), "the catalog is closed")
                .retry_when(Retry::Never)
        };
        let kib = u32::try_from(self.groups.bytes(&item) / 1024 + 1).unwrap_or(u32::MAX).min(ROOM_KIB);
        let room = Arc::clone(&self.room).acquire_many_owned(kib).await.map_err(|_| closed())?;
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { item, answer, room };
        self.queue.send(Command::Commit(waiting)).await.map_err(|_| closed())?;
        answered.await.map_err(|_| closed())?
    }

    /// Takes nothing more, and waits until the lane that hears of it has committed what was handed over before.
    pub(super) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.queue.send(Command::Close(answer)).await.is_ok() {
            // An error means that somebody else closed it meanwhile, which is as good.
            answered.await.ok();
        }
    }
}

async fn run<G: Groups>(groups: Arc<G>, queue: Arc<Mutex<mpsc::Receiver<Command<G>>>>) {
    while let Some((group, close)) = next_group(&*groups, &queue).await {
        settle(&*groups, group).await;
        if let Some(answer) = close {
            answer.send(()).ok();
        }
    }
}

/// What waits now, at least one item; `None` when nobody can hand anything over any more.
async fn next_group<G: Groups>(
    groups: &G,
    queue: &Mutex<mpsc::Receiver<Command<G>>>,
) -> Option<(Vec<Waiting<G>>, Option<oneshot::Sender<()>>)> {
    let mut queue = queue.lock().await;
    let (mut group, mut bytes) = (Vec::new(), 0);
    let mut next = Some(queue.recv().await?);
    while let Some(command) = next {
        match command {
            Command::Close(answer) => {
                queue.close();
                return Some((group, Some(answer)));
            }
            Command::Commit(waiting) => {
                bytes += groups.bytes(&waiting.item);
                group.push(waiting);
            }
        }
        let is_full = group.len() >= GROUP || bytes >= GROUP_BYTES;
        next = if is_full { None } else { queue.try_recv().ok() };
    }
    Some((group, None))
}

async fn settle<G: Groups>(groups: &G, group: Vec<Waiting<G>>) {
    if group.is_empty() {
        return;
    }
    let (mut items, mut answers) = (Vec::with_capacity(group.len()), Vec::with_capacity(group.len()));
    // The room is given back when everyone is answered.
    let mut rooms = Vec::with_capacity(group.len());
    for Waiting { item, answer, room } in group {
        items.push(item);
        answers.push(answer);
        rooms.push(room);
    }
    match groups.commit(&items).await {
        Ok(outcomes) => {
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                answer.send(outcome).ok();
            }
        }
        Err(fault) => {
            for answer in answers {
                answer.send(Err(fault.report(groups.operation()))).ok();
            }
        }
    }
}
