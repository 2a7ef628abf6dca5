//! A session's actions in order, for formats that write whole trajectories, and the contract of those formats.

use std::fmt;
use std::io;

use super::format::ImageSource;
use super::reduce::reduce;
use super::words::describe;
use crate::error::Result;
use crate::model::{ComputerAction, ExampleFrame, SessionOutcome, TrainingExample, UnifiedSession};
use crate::pipeline::{EnhancedInteraction, ProcessedSession};
use crate::privacy::Masked;
use crate::stages::{BeforeFrame, MAX_FRAME_LAG_MS, before_frame};

/// One action of a trajectory, with the interaction it came from.
#[derive(Debug, Clone)]
pub struct TrajectoryStep<'a> {
    /// The interaction.
    pub interaction: &'a EnhancedInteraction,
    /// What the person did; empty for typing that is kept secret.
    pub actions: Vec<ComputerAction>,
    /// The action in words.
    pub description: String,
    /// The picture the person acted on, where one is stored.
    pub frame: Option<ExampleFrame>,
    /// The example that was made of it, where one was.
    pub example: Option<&'a TrainingExample>,
}

/// A session's actions in order.
#[derive(Debug, Clone)]
pub struct Trajectory<'a> {
    /// The session.
    pub session: &'a UnifiedSession,
    /// Its actions.
    pub steps: Vec<TrajectoryStep<'a>>,
    /// 0 to 100: the quality of the session.
    pub quality: f64,
}

impl<'a> Trajectory<'a> {
    /// The trajectory of a processed session.
    pub fn of(session: &'a Masked<UnifiedSession>, processed: &'a ProcessedSession) -> Masked<Self> {
        let (reduced, _) = reduce(&processed.interactions);
        let steps = reduced.into_iter().filter_map(|action| {
            let interaction = processed.interactions.get(action.step)?;
            let description = match action.actions.last() {
                Some(last) => describe(last, &interaction.interaction),
                None => super::words::describe_secret(&interaction.interaction),
            };
            let frame = match before_frame(&interaction.interaction, MAX_FRAME_LAG_MS) {
                BeforeFrame::Found(_, frame) => Some(super::example_frame(frame)),
                _ => None,
            };
            let example = processed.training.examples.iter().find(|example| example.seq == interaction.seq);
            Some(TrajectoryStep { interaction, actions: action.actions, description, frame, example })
        });
        Masked::new(Self { session, steps: steps.collect(), quality: processed.report.score.overall })
    }

    /// Whether the person says that the task was done; none when nobody said.
    pub fn completed(&self) -> Option<bool> {
        match self.session.outcome {
            Some(SessionOutcome::Succeeded) => Some(true),
            Some(SessionOutcome::Abandoned | SessionOutcome::Impossible) => Some(false),
            _ => None,
        }
    }
}

/// Turns trajectories into the files of a trainer or of a tool that replays them.
///
/// # Behaviour
/// - as [`TrainingFormat`](super::TrainingFormat), with one trajectory for each example
/// - a step without a picture is left out where the format needs one
pub trait TrajectoryFormat: fmt::Debug + Send + Sync {
    /// The name used in configurations and file names.
    fn name(&self) -> &'static str;

    /// The ending of the file.
    fn extension(&self) -> &'static str;

    /// Whether each trajectory is a file of its own.
    fn is_file_each(&self) -> bool {
        false
    }

    /// Whether rows name pictures by their [path](super::formats::picture_path), so that they have to be put there.
    fn names_pictures(&self) -> bool {
        false
    }

    /// Writes one trajectory.
    ///
    /// # Errors
    /// As [`TrainingFormat::write`](super::TrainingFormat::write).
    fn write(
        &self,
        trajectory: &Masked<Trajectory<'_>>,
        images: &dyn ImageSource,
        out: &mut dyn io::Write,
    ) -> Result<()>;
}
