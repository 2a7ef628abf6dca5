//! The one task that writes: it takes what is waiting, plays it in one transaction, commits, and only then answers.
//!
//! A synchronised commit costs the same for one change as for hundreds, so the more callers wait, the more share it;
//! a lone caller waits for nobody. A change that is refused is undone alone. When the database itself fails, everyone
//! in the transaction is told, nothing of it is kept, and the next group gets a new connection.

use std::sync::Arc;

use codesight_core::ports::{JournalHead, JournalRecord, SessionRef};
use codesight_core::time::Timestamp;
use codesight_core::{Error, ErrorKind, Result, Retry};
use futures_util::future::BoxFuture;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::append::play;
use crate::catalog::append::{Append, OPERATION};
use crate::catalog::fault::{Fault, Stop, failed, not_migrated};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Changes that may wait.
const QUEUE: usize = 1_024;
/// KiB of payloads that may wait; who comes later waits outside.
const ROOM_KIB: u32 = 64 * 1024;
/// Changes in one transaction.
const GROUP: usize = 512;
/// Bytes of payloads in one transaction, give or take the last append.
const GROUP_BYTES: usize = 8 * 1024 * 1024;

/// Hands changes over to the writing task.
#[derive(Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Command>,
    room: Arc<Semaphore>,
}

enum Command {
    Append(Append, oneshot::Sender<Result<JournalHead>>, OwnedSemaphorePermit),
    Change(Box<dyn Change>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Opens the file, migrates it and starts the task.
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self> {
        let mut connection = options.connect().await.map_err(failed("catalog.open"))?;
        migrate(&mut connection).await?;
        let (sender, receiver) = mpsc::channel(QUEUE);
        let task = Task { options, connection: Some(connection), stopped: false };
        tokio::spawn(task.run(receiver));
        Ok(Self { queue: sender, room: Arc::new(Semaphore::new(ROOM_KIB as usize)) })
    }

    /// Appends records; returns once they are committed.
    pub(super) async fn append(
        &self,
        session: &SessionRef,
        epoch: u64,
        records: Vec<JournalRecord>,
        now: Timestamp,
    ) -> Result<JournalHead> {
        let (answer, answered) = oneshot::channel();
        let append = Append { session: session.clone(), epoch, records, now };
        let kib = u32::try_from(append.bytes() / 1024 + 1).unwrap_or(u32::MAX).min(ROOM_KIB);
        let room = Arc::clone(&self.room).acquire_many_owned(kib).await;
        let room = room.map_err(|_| closed(OPERATION))?;
        self.send(OPERATION, Command::Append(append, answer, room)).await?;
        answered.await.map_err(|_| closed(OPERATION))?
    }

    /// Plays `work` in the writing transaction; returns once it is committed.
    pub(super) async fn change<T, F>(&self, operation: &'static str, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Stop>> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let change = Pending { operation, work: Some(work), outcome: None, answer };
        self.send(operation, Command::Change(Box::new(change))).await?;
        answered.await.map_err(|_| closed(operation))?
    }

    /// Waits until everything handed over before is committed and the file is closed.
    pub(super) async fn close(&self) {
        let (answer, answered) = oneshot::channel();
        if self.queue.send(Command::Close(answer)).await.is_ok() {
            // An error means that somebody else closed it meanwhile, which is as good.
            answered.await.ok();
        }
    }

    async fn send(&self, operation: &'static str, command: Command) -> Result<()> {
        self.queue.send(command).await.map_err(|_| closed(operation))
    }
}

fn closed(operation: &'static str) -> Error {
    Error::new(ErrorKind::Unavailable, operation, "the catalog is closed").retry_when(Retry::Never)
}

/// Under a lock, so that two processes that open a new file do not both create its tables.
async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    let broken = || failed("catalog.migrate");
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(broken())?;
    MIGRATIONS.run_direct(None, &mut *transaction, false).await.map_err(not_migrated)?;
    transaction.commit().await.map_err(broken())
}

/// A piece of work and the caller who waits for it.
#[async_trait::async_trait]
trait Change: Send {
    /// Plays it; an error means that the database failed.
    async fn play(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error>;
    /// Whether what it wrote is to be kept.
    fn is_kept(&self) -> bool;
    /// Tells the caller, who may have gone away.
    fn answer(self: Box<Self>, committed: Result<(), Fault>);
}

struct Pending<T, F> {
    operation: &'static str,
    work: Option<F>,
    outcome: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

#[async_trait::async_trait]
impl<T, F> Change for Pending<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Stop>> + Send,
{
    async fn play(&mut self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        if let Some(work) = self.work.take() {
            self.outcome = match work(connection).await {
                Ok(value) => Some(Ok(value)),
                Err(Stop::Refused(error)) => Some(Err(error)),
                Err(Stop::Failed(error)) => return Err(error),
            };
        }
        Ok(())
    }

    fn is_kept(&self) -> bool {
        matches!(self.outcome, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, committed: Result<(), Fault>) {
        let outcome = match committed {
            Err(fault) => Err(fault.report(self.operation)),
            Ok(()) => self.outcome.unwrap_or_else(|| Err(closed(self.operation))),
        };
        self.answer.send(outcome).ok();
    }
}

/// What is committed together.
#[derive(Default)]
struct Group {
    appends: Vec<Append>,
    /// Who waits for each append.
    answers: Vec<oneshot::Sender<Result<JournalHead>>>,
    changes: Vec<Box<dyn Change>>,
    /// Held until the group is answered.
    rooms: Vec<OwnedSemaphorePermit>,
    bytes: usize,
    close: Option<oneshot::Sender<()>>,
}

impl Group {
    fn add(&mut self, command: Command) {
        match command {
            Command::Append(append, answer, room) => {
                self.bytes += append.bytes();
                self.appends.push(append);
                self.answers.push(answer);
                self.rooms.push(room);
            }
            Command::Change(change) => self.changes.push(change),
            Command::Close(answer) => self.close = Some(answer),
        }
    }

    fn is_full(&self) -> bool {
        self.close.is_some() || self.bytes >= GROUP_BYTES || self.appends.len() + self.changes.len() >= GROUP
    }
}

struct Task {
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    /// Set when a write could not be synchronised. What the disk holds is unknown then, and a later success of the
    /// same call would prove nothing, so this task writes no more; the file must be opened anew.
    stopped: bool,
}

impl Task {
    async fn run(mut self, mut queue: mpsc::Receiver<Command>) {
        while let Some(first) = queue.recv().await {
            let mut group = Group::default();
            group.add(first);
            while !group.is_full() {
                match queue.try_recv() {
                    Ok(next) => group.add(next),
                    Err(_) => break,
                }
            }
            let close = group.close.take();
            self.settle(group).await;
            if let Some(answer) = close {
                queue.close();
                self.disconnect().await;
                answer.send(()).ok();
                return;
            }
        }
        self.disconnect().await;
    }

    /// Plays and commits a group, and answers everyone in it.
    async fn settle(&mut self, mut group: Group) {
        let committed = self.commit(&mut group).await;
        if let Err(fault) = &committed {
            self.stopped |= fault.is_failed_sync();
            // SQLite may or may not have rolled back by itself; a new connection knows where it stands.
            self.disconnect().await;
        }
        match committed {
            Ok(outcomes) => {
                for (answer, outcome) in group.answers.into_iter().zip(outcomes) {
                    answer.send(outcome).ok();
                }
                for change in group.changes {
                    change.answer(Ok(()));
                }
            }
            Err(fault) => {
                for answer in group.answers {
                    answer.send(Err(fault.report(OPERATION))).ok();
                }
                for change in group.changes {
                    change.answer(Err(fault.clone()));
                }
            }
        }
    }

    /// Returns the outcome of each append.
    async fn commit(&mut self, group: &mut Group) -> Result<Vec<Result<JournalHead>>, Fault> {
        if self.stopped {
            return Err(Fault::Stopped);
        }
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.options.connect().await?),
        };
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        let outcomes = play(&mut transaction, &group.appends).await?;
        for change in &mut group.changes {
            let mut savepoint = transaction.begin().await?;
            change.play(&mut savepoint).await?;
            if change.is_kept() {
                savepoint.commit().await?;
            } else {
                savepoint.rollback().await?;
            }
        }
        transaction.commit().await?;
        Ok(outcomes)
    }

    async fn disconnect(&mut self) {
        if let Some(connection) = self.connection.take() {
            // Whatever it says, the connection is gone.
            connection.close().await.ok();
        }
    }
}
