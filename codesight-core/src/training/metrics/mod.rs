//! Measures of predicted actions against recorded ones, each under a name with a version.
//!
//! A number without its definition compares nothing: what a published measure does is kept as it is, its oddities
//! included, and a changed definition gets a new version.
//!
//! | name | definition |
//! |---|---|
//! | `mind2web/element-accuracy@1` | the predicted element is one of the right ones; a point counts when it lies in a right box |
//! | `mind2web/operation-f1@1` | F1 of the sets of words of operation and value |
//! | `mind2web/step-success@1`, `mind2web/task-success@1` | right element and F1 of 1; all steps of a task |
//! | `weblinx/*@1` | [`weblinx`] |
//! | `agentnet/action-score@1` | [`agentnet`] |

pub mod agentnet;
pub mod mind2web;
pub mod weblinx;
