//! The statement that answers a query for sessions, the same for every database.

use codesight_core::id::TenantId;
use codesight_core::ports::SessionQuery;
use sqlx::{Database, Encode, QueryBuilder, Type};

use super::rows;

/// Sessions of the query, newest first, at most `limit` rows; `start` says what is asked of them, `json` what is
/// their document as JSON.
pub(super) fn selection<DB>(
    start: &str,
    json: &str,
    tenant: &TenantId,
    query: &SessionQuery,
    limit: usize,
) -> QueryBuilder<DB>
where
    DB: Database,
    for<'q> String: Encode<'q, DB> + Type<DB>,
    for<'q> i64: Encode<'q, DB> + Type<DB>,
    for<'q> f64: Encode<'q, DB> + Type<DB>,
{
    let mut sql = QueryBuilder::new(start);
    sql.push(" FROM sessions WHERE tenant = ").push_bind(tenant.to_string());
    if let Some(status) = query.status {
        sql.push(" AND status = ").push_bind(status.as_str().to_owned());
    }
    if let Some(collector) = &query.collector {
        sql.push(" AND collector = ").push_bind(collector.to_string());
    }
    if let Some(subject) = &query.subject {
        sql.push(" AND subject = ").push_bind(subject.to_string());
    }
    if let Some(from) = query.started_from {
        sql.push(" AND start_time >= ").push_bind(from.as_millis());
    }
    if let Some(before) = query.started_before {
        sql.push(" AND start_time < ").push_bind(before.as_millis());
    }
    if let Some(least) = query.min_quality {
        sql.push(" AND quality >= ").push_bind(least);
    }
    if let Some((flag, variant)) = &query.variant {
        // No index: a page costs the sessions that are passed over.
        sql.push(" AND ").push(json).push(" -> 'flags' -> ").push_bind(flag.to_string());
        sql.push(" ->> 'variant' = ").push_bind(variant.to_string());
    }
    if let Some((start_time, id)) = &query.after {
        sql.push(" AND (start_time, id) < (").push_bind(start_time.as_millis());
        sql.push(", ").push_bind(id.to_string()).push(")");
    }
    sql.push(" ORDER BY start_time DESC, id DESC LIMIT ").push_bind(rows::limit(limit));
    sql
}
