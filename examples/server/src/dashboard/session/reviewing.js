// Decisions about a session: each is added to those before, and the last of each reviewer counts.

import { api } from '../lib/api.js';
import { useCallback, useEffect, useState } from '../ui.js';

/** @typedef {import('../lib/types.js').Review} Review */
/** @typedef {import('../lib/types.js').ReviewDecision} ReviewDecision */

/**
 * @typedef {{
 *   reviews: Review[], you: string | undefined, error: Error | undefined, busy: boolean,
 *   decide: (decision: ReviewDecision) => Promise<void>,
 *   verdicts: Map<string, Review>, marks: Map<number, string>, intentOf: (seq: number) => string | undefined,
 * }} Reviewing
 */

/** @param {string} session @returns {Reviewing} */
export function useReviewing(session) {
  const path = `/v1/sessions/${session}/reviews`;
  const [reviews, setReviews] = useState(/** @type {Review[]} */ ([]));
  const [you, setYou] = useState(/** @type {string | undefined} */ (undefined));
  const [error, setError] = useState(/** @type {Error | undefined} */ (undefined));
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    api.json(path, abort.signal).then(
      (answer) => {
        setReviews(answer.reviews);
        setYou(answer.you);
      },
      () => {},
    );
    return () => abort.abort();
  }, [path]);
  const decide = useCallback(
    async (/** @type {ReviewDecision} */ decision) => {
      setBusy(true);
      setError(undefined);
      try {
        const stored = await api.send('POST', path, { id: crypto.randomUUID(), decision });
        setReviews((before) => [...before, stored]);
      } catch (problem) {
        setError(/** @type {Error} */ (problem));
      }
      setBusy(false);
    },
    [path],
  );
  return { reviews, you, error, busy, decide, verdicts: lastVerdicts(reviews), marks: lastMarks(reviews), intentOf: (seq) => lastIntent(reviews, seq) };
}

/** The standing verdict of each reviewer. @param {Review[]} reviews */
function lastVerdicts(reviews) {
  /** @type {Map<string, Review>} */
  const standing = new Map();
  for (const review of reviews) if (review.decision.kind === 'verdict') standing.set(review.reviewer, review);
  return standing;
}

/** The last mark of each step, whoever set it. @param {Review[]} reviews */
function lastMarks(reviews) {
  /** @type {Map<number, string>} */
  const marks = new Map();
  for (const { decision } of reviews) {
    if (decision.kind !== 'step') continue;
    if (decision.mark === 'none') marks.delete(decision.seq);
    else marks.set(decision.seq, decision.mark);
  }
  return marks;
}

/** @param {Review[]} reviews @param {number} seq */
function lastIntent(reviews, seq) {
  let intent;
  for (const { decision } of reviews) {
    if (decision.kind === 'intent' && decision.firstSeq <= seq && seq <= decision.lastSeq) intent = decision.intent ?? undefined;
  }
  return intent;
}
