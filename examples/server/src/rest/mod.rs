//! The REST interface: sessions, their interactions, frames and findings, archive and training lines.

mod accountability;
mod caller;
mod consents;
mod credentials;
mod datasets;
mod describe;
mod etag;
mod files;
pub(crate) mod health;
mod holdings;
mod idempotency;
mod jobs;
mod keys;
mod limits;
mod live;
mod oidc;
mod openapi;
mod problem;
mod reviews;
mod route;
mod sessions;
mod sign_in;
mod speaker;
mod step_words;
mod steps;
mod subjects;
mod trainings;
mod understanding;
mod variants;

use std::sync::Arc;

use axum::{Extension, Router, middleware};

pub(crate) use self::caller::{Anyone, Caller, Collector, Reviewer};
pub(crate) use self::credentials::Via;
pub(crate) use self::idempotency::Answers;
use self::openapi::Document;
pub(crate) use self::problem::Problem;
use self::route::{Routes, delete, get, post, put};
use crate::app::App;
use crate::{dashboard, metrics, watch, ws};

/// Every route of the server.
pub(crate) fn router(app: App) -> Router {
    let routes = sessions_and_files(Routes::default());
    let routes = identity(rights(viewing(routes))).files(dashboard::routes());
    #[cfg(feature = "conformance")]
    let routes = routes.files(ws::conformance::routes());
    let document = Document(Arc::new(openapi::describe(&routes.listed)));
    routes
        .router
        .layer(Extension(document))
        .layer(middleware::from_fn(etag::tag))
        .layer(middleware::from_fn_with_state(app.clone(), idempotency::once))
        .layer(middleware::from_fn_with_state(app.clone(), limits::limit))
        .layer(middleware::from_fn(problem::everywhere))
        .layer(middleware::from_fn_with_state(app.clone(), metrics::measure))
        .with_state(app)
}

fn sessions_and_files(routes: Routes) -> Routes {
    const ZIP: &str = "application/zip";
    routes
        .route(
            "/v1/stream",
            get("The recording socket, protocol codesight.v1", ws::stream).giving(
                101,
                "text/plain",
                "A WebSocket; its first message says whose it is",
            ),
        )
        .route(
            "/v1/watch",
            get("Live updates of sessions and of their list, protocol codesight.watch.v1", watch::watch)
                .giving(101, "text/plain", "A WebSocket; what to look at is said on it"),
        )
        .route("/v1/sessions", get("Sessions, newest first", sessions::list))
        .route("/v1/sessions/{session}", get("One session", sessions::show))
        .route(
            "/v1/sessions/{session}/interactions",
            get("What was recorded, by place", sessions::interactions),
        )
        .route("/v1/sessions/{session}/findings", get("What is to be said of it", sessions::findings))
        .route("/v1/sessions/{session}/events", get("Live updates as server-sent events", live::events))
        .route("/v1/sessions/{session}/frames", get("How each frame is composed", files::frames))
        .route(
            "/v1/sessions/{session}/frames/{hash}",
            get("The pixels of a frame", files::frame).giving(
                200,
                "image/webp",
                "The frame; captured ones may be PNG or JPEG, too",
            ),
        )
        .route(
            "/v1/sessions/{session}/archive",
            get("The archive", files::archive).giving(200, ZIP, "The archive"),
        )
        .route(
            "/v1/sessions/{session}/training",
            get("The training lines", files::training).giving(
                200,
                "application/jsonl",
                "One line a step, images included",
            ),
        )
}

/// What the pages need besides.
fn viewing(routes: Routes) -> Routes {
    routes
        .route("/v1/sessions/{session}/steps", get("Every step in short", steps::steps))
        .route(
            "/v1/sessions/{session}/understanding",
            get("What the pipeline concludes from an archived session", understanding::understanding),
        )
        .route(
            "/v1/sessions/{session}/reviews",
            get("What reviewers decided about it", reviews::of_session)
                .post("Adds a decision", reviews::add)
                .with_status(201),
        )
        .route(
            "/v1/reviews/summary",
            get("What all decisions come to, and how far reviewers agree", reviews::summary),
        )
        .route("/v1/reviews/queue", get("Processed sessions without a verdict of the caller", reviews::queue))
        .route(
            "/v1/datasets",
            get("Datasets that were made, and those that are being made", datasets::list)
                .post("Begins to make a dataset", datasets::make)
                .with_status(202),
        )
        .route("/v1/datasets/{dataset}", delete("Deletes a dataset", datasets::delete).with_status(204))
        .route(
            "/v1/datasets/{dataset}/{part}",
            get("The lines of train, validation or test", datasets::part).giving(
                200,
                "application/jsonl",
                "One line a step, images included",
            ),
        )
        .route(
            "/v1/variants",
            get("What came of the sessions of each variant of each feature flag", variants::compare),
        )
        .route("/v1/trainings", get("Trainings that the command train has begun", trainings::list))
        .route("/v1/storage", get("What is stored, and what it costs", holdings::storage))
        .route("/v1/audit/verification", post("Checks every entry of the audit log", holdings::verify_audit))
}

fn rights(routes: Routes) -> Routes {
    routes
        .route("/v1/consents", post("A person agreed", consents::grant).with_status(201))
        .route(
            "/v1/subjects/{subject}",
            get("Everything there is of a person, or where it is", subjects::find)
                .delete("Erases everything of a person for good", subjects::erase)
                .giving(200, "application/json", "The settled request, with its certificate")
                .giving(202, "application/json", "The request; something is still to come")
                .giving(423, "application/json", "The request; a legal hold is in force"),
        )
        .route(
            "/v1/subjects/{subject}/export",
            get("Everything of a person, to hand out", subjects::export).giving(
                200,
                "application/zip",
                "All of it",
            ),
        )
        .route("/v1/subjects/{subject}/consent", get("What a person agrees to", consents::show))
        .route("/v1/subjects/{subject}/withdrawal", post("A person took it back", consents::withdraw))
        .route(
            "/v1/subjects/{subject}/hold",
            put("Nothing of a person is deleted until the hold is released", subjects::hold)
                .with_status(204)
                .delete("Releases the hold", subjects::release)
                .with_status(204),
        )
        .route("/v1/requests", get("Requests that are not settled, by due date", subjects::requests))
        .route("/v1/requests/{request}", get("One request, with its certificates", subjects::request))
        .route("/v1/requests/{request}/extension", post("More time, once", subjects::extend))
        .route("/v1/audit", get("The tenant's entries of the log", accountability::audit))
        .route("/v1/audit/key", get("The key that checks what is signed here", accountability::key))
        .route("/v1/retention/plan", post("What a policy would delete now", accountability::plan))
        .route("/v1/retention/apply", post("Carries out a plan", accountability::apply))
        .route(
            "/.well-known/gpc.json",
            get("Global Privacy Control is followed", accountability::privacy_control),
        )
}

fn identity(routes: Routes) -> Routes {
    routes
        .route("/v1/me", get("Who is asking, and what they may do", sign_in::me))
        .route(
            "/v1/sign-in",
            get("Who is signed in, and in which ways others can", sign_in::door)
                .post("A cookie for a key", sign_in::sign_in),
        )
        .route("/v1/oidc/start", get("To the provider that people sign in at", oidc::start).with_status(303))
        .route(
            "/v1/oidc/callback",
            get("Back from the provider, with a cookie, to the dashboard", oidc::callback).with_status(303),
        )
        .route("/v1/sign-out", post("Ends the sign-in everywhere", sign_in::sign_out).with_status(204))
        .route(
            "/v1/keys",
            get("The tenant's keys", keys::list)
                .post("Makes a key; its secret is in this answer and nowhere else", keys::issue)
                .with_status(201),
        )
        .route("/v1/keys/{key}", delete("Ends a key, open connections too", keys::revoke))
        .route(
            "/v1/keys/{key}/rotation",
            post("A new key like this one, which ends a little later", keys::rotate).with_status(201),
        )
        .route("/v1/jobs", get("How many jobs wait, are done, and were given up", jobs::queue))
        .route("/openapi.json", get("This description", openapi::document))
        .route("/healthz", get("The process answers", health::alive))
        .route("/readyz", get("The server should get work", health::ready))
}
