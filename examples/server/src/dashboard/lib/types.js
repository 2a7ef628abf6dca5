// Shapes of what the server answers. Those of the protocol are generated from its schema; the others are the server's own.

/** @typedef {import('../../../../../codesight-core/schema/codesight.v1.ts').UnifiedSession} Session */
/** @typedef {import('../../../../../codesight-core/schema/codesight.v1.ts').InteractionData} Interaction */
/** @typedef {import('../../../../../codesight-core/schema/codesight.v1.ts').QualityReport} QualityReport */
/** @typedef {import('../../../../../codesight-core/schema/codesight.v1.ts').Finding} Finding */
/** @typedef {import('../../../../../codesight-core/schema/codesight.v1.ts').Rect} Rect */
/** @typedef {import('../../../../../codesight-core/schema/codesight.v1.ts').Screenshot} Screenshot */

/**
 * What the pipeline derived about one interaction.
 * @typedef {{ pageView?: number, pageKind?: string, region?: string, sincePreviousMs?: number, intent?: string, label?: string, reliability?: number }} Derived
 */
/** @typedef {'collector' | 'reviewer' | 'privacy-officer' | 'operator' | 'admin'} Role */
/** Who is signed in. @typedef {{ tenant: string, name: string, roles: Role[], endsAt?: number, csrfToken: string }} Me */
/** @typedef {Interaction & { seq: number, derived?: Derived }} Place */

/**
 * A frame of a step, as the list of steps tells it.
 * @typedef {{ hash: string, width: number, height: number, viewportWidth: number, viewportHeight: number, lagMs: number, redactions: number }} StepFrame
 */
/**
 * One step, in short: `GET /v1/sessions/{session}/steps`.
 * @typedef {{
 *   seq: number, kind: 'interaction' | 'gap' | 'rejected', type: string, at: number, words: string, title: string, url: string,
 *   pageKind?: string, pageView?: number, intent?: string, label?: string, reliability?: number,
 *   before?: StepFrame, after?: StepFrame, durationMs?: number,
 * }} Step
 */
/** @typedef {{ intent: string, firstSeq: number, lastSeq: number, confidence: number, evidence: string[], inferredBy: any }} IntentSpan */
/** @typedef {{ kind: string, firstSeq: number, lastSeq: number, pages: number }} Pattern */
/** @typedef {{ selector: string, kind: string, seq: number, matches: number, foundTarget: boolean, score: number }} SelectorTest */
/**
 * What the pipeline concludes from a session: `GET /v1/sessions/{session}/understanding`.
 * @typedef {{
 *   intents: IntentSpan[], patterns: Pattern[], style: string,
 *   psychology: { decisionStyle: string, hesitation: number, correction: number, confidence: number, evidence: string[] },
 *   selectorTests: SelectorTest[],
 *   lines: { seq: number, trainingValue: number, complexity: number, actions: any[], rationale?: string, line?: string }[],
 * }} Understanding
 */
/**
 * One decision of a reviewer.
 * @typedef {{ id: string, session: string, reviewer: string, at: number, decision: ReviewDecision }} Review
 */
/**
 * @typedef {{ kind: 'verdict', verdict: 'accepted' | 'rejected' | 'undecided', reasons?: string[] }
 *   | { kind: 'intent', firstSeq: number, lastSeq: number, intent: string | null }
 *   | { kind: 'step', seq: number, mark: 'wrong' | 'leave-out' | 'good' | 'none' }} ReviewDecision
 */

/**
 * A dataset that was made.
 * @typedef {{
 *   id: string, madeBy: string, madeAt: number, sessions: number,
 *   recipe: { name: string, minQuality?: number, acceptedOnly: boolean, splitBy: string, validation: number, test: number },
 *   leftOut: { withoutConsent: number, byReview: number, withoutLines: number },
 *   parts: { part: string, lines: number, bytes: number, accepted: boolean, errors: number, warnings: number, tokens: number, findings: string[] }[],
 * }} Dataset
 */
/** @typedef {{ step: number, training?: number, validation?: number }} LossPoint */
/**
 * A training that the command `train` has begun.
 * @typedef {{
 *   run: string, job: string, service: string, baseModel: string, status: string, sessions: number, lines: number, tokensAPass: number,
 *   estimate?: { usd: number, epochs: number, asOf: string }, beganAt: number, updatedAt: number, model?: string, error?: string,
 *   metrics: { steps: number, trainedTokens: number, trainingLoss?: number, validationLoss?: number, tokenAccuracy?: number },
 *   losses: LossPoint[], events: { at: number, message: string }[],
 *   evaluation?: { at: number, steps: number, success: number, low: number, high: number, report: string },
 * }} Training
 */
/** @typedef {{ id: string, name: string, beganAt: number, progress: { state: 'running' | 'done' | 'failed', done?: number, total?: number, detail?: string } }} DatasetBuild */

export {};
