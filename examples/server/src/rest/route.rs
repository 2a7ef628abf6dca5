//! Routes whose handlers say whom they serve: a handler without [`Caller`] or [`Anyone`] among its first two arguments is
//! no endpoint, so that nobody can forget to ask. What a handler takes and gives is described in the same breath.

use std::future::Future;

use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::routing::MethodRouter;

use super::caller::{Anyone, Caller, Roles};
use super::describe::{Answer, Argument, Operation, Schemas};
use crate::app::App;

/// An argument that says who is served.
pub(crate) trait Serves: Argument {}

impl Serves for Anyone {}
impl<R: Roles> Serves for Caller<R> {}

/// Describes a handler, whose answer has this status when all is well.
pub(crate) type Describe = fn(u16, &mut Operation, &mut Schemas);

/// A handler that says whom it serves; the app's state may stand before it.
pub(crate) trait Serving<T, O>: Handler<T, App> {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas);
}

macro_rules! serving {
    ($($rest:ident)*) => {
        impl<F, Fut, O, M, C, $($rest),*> Serving<(M, C, $($rest,)*), O> for F
        where
            F: Fn(C, $($rest),*) -> Fut + Handler<(M, C, $($rest,)*), App>,
            Fut: Future<Output = O>,
            O: Answer,
            C: Serves,
            $($rest: Argument,)*
        {
            fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
                C::describe(operation, schemas);
                $($rest::describe(operation, schemas);)*
                O::describe(status, operation, schemas);
            }
        }

        impl<F, Fut, O, M, C, $($rest),*> Serving<(M, State<App>, C, $($rest,)*), O> for F
        where
            F: Fn(State<App>, C, $($rest),*) -> Fut + Handler<(M, State<App>, C, $($rest,)*), App>,
            Fut: Future<Output = O>,
            O: Answer,
            C: Serves,
            $($rest: Argument,)*
        {
            fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
                C::describe(operation, schemas);
                $($rest::describe(operation, schemas);)*
                O::describe(status, operation, schemas);
            }
        }
    };
}
serving!();
serving!(T1);
serving!(T1 T2);
serving!(T1 T2 T3);
serving!(T1 T2 T3 T4);

/// One operation of the interface, as it is described.
pub(super) struct Listed {
    pub(super) path: &'static str,
    pub(super) method: &'static str,
    /// The handler's name within the interface, such as `sessions.list`.
    pub(super) name: String,
    pub(super) summary: &'static str,
    /// The status of its answer when all is well.
    pub(super) status: u16,
    /// Answers that its type does not tell: status, media type, what it is.
    pub(super) answers: Vec<(u16, &'static str, &'static str)>,
    pub(super) describe: Describe,
}

/// Handlers of one path, each of which says whom it serves.
#[derive(Default)]
pub(crate) struct Endpoint {
    router: MethodRouter<App>,
    listed: Vec<Listed>,
}

impl Endpoint {
    fn list<H, T, O>(&mut self, method: &'static str, summary: &'static str)
    where
        H: Serving<T, O>,
    {
        let name = std::any::type_name::<H>();
        let parts: Vec<&str> = name.rsplit("::").take(2).collect();
        self.listed.push(Listed {
            path: "",
            method,
            name: parts.into_iter().rev().collect::<Vec<_>>().join("."),
            summary,
            status: 200,
            answers: Vec::new(),
            describe: H::describe,
        });
    }

    /// The last method answers with this status when all is well.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        if let Some(last) = self.listed.last_mut() {
            last.status = status;
        }
        self
    }

    /// The last method also gives this, which its type does not tell.
    pub(crate) fn giving(mut self, status: u16, media_type: &'static str, what: &'static str) -> Self {
        if let Some(last) = self.listed.last_mut() {
            last.answers.push((status, media_type, what));
        }
        self
    }
}

macro_rules! methods {
    ($($method:ident)*) => {
        $(
            #[doc = concat!("An endpoint for `", stringify!($method), "`; `summary` says in a line what it is for.")]
            pub(crate) fn $method<H, T, O>(summary: &'static str, handler: H) -> Endpoint
            where
                H: Serving<T, O>,
                T: 'static,
            {
                Endpoint::default().$method(summary, handler)
            }
        )*

        impl Endpoint {
            $(
                /// The same endpoint with this method as well.
                pub(crate) fn $method<H, T, O>(mut self, summary: &'static str, handler: H) -> Self
                where
                    H: Serving<T, O>,
                    T: 'static,
                {
                    self.list::<H, T, O>(stringify!($method), summary);
                    self.router = self.router.$method(handler);
                    self
                }
            )*
        }
    };
}
methods!(get post put delete);

/// Endpoints by their paths.
#[derive(Default)]
pub(crate) struct Routes {
    pub(super) router: Router<App>,
    pub(super) listed: Vec<Listed>,
}

impl Routes {
    /// With this endpoint as well.
    pub(crate) fn route(mut self, path: &'static str, endpoint: Endpoint) -> Self {
        self.listed.extend(endpoint.listed.into_iter().map(|listed| Listed { path, ..listed }));
        self.router = self.router.route(path, endpoint.router);
        self
    }

    /// With files that everybody may have.
    pub(crate) fn files(mut self, files: Router<App>) -> Self {
        self.router = self.router.merge(files);
        self
    }
}
