// Generated from the Rust types by `UPDATE_EXPECT=1 cargo test -p codesight-core --all-features schema`.

/** The particulars of an action; which fields are set depends on its type. */
export type ActionDetails = {
  /** The button of a click or drag. */
  button?: MouseButton | null;
  /** How a navigation came about: `link`, `form`, `typed`, `reload`, `history`, `route`. */
  cause?: string | null;
  /** Milliseconds from the first to the last raw event. */
  durationMs?: number | null;
  /** Whether the browser says a person did it. */
  isTrusted?: boolean | null;
  /** Keys held or pressed, in the names of `KeyboardEvent.key`. */
  keys?: Array<string>;
  /** Where a drag went, start and end included. */
  path?: Array<Point>;
  /** How many raw events were reduced to this action. */
  rawEvents?: number | null;
  /** Scrolled to the right, CSS pixels. */
  scrollX?: number | null;
  /** Scrolled down, CSS pixels. */
  scrollY?: number | null;
  /** Text that was typed, pasted or selected, masked at the source. */
  text?: string | null;
  /** Where a navigation led. */
  url?: string | null;
};

/** How frames are kept. */
export type ArchiveLevel = "full" | "hybrid" | "compact" | "exact";

/** `manifest.json`: the authority over what is in the archive. */
export type ArchiveManifest = {
  /** SHA-256 of each file before compression, by path. */
  checksums: Record<string, ContentHash>;
  /** How it is compressed. */
  compression: CompressionInfo;
  /** What the person agreed to. */
  consent?: ConsentSummary;
  /** When the archive was written. */
  createdAt: Timestamp;
  /** Every file but the manifest, in the order written. */
  files: Array<FileManifest>;
  /** What was masked. */
  redaction?: RedactionSummary;
  /** What else the pipeline was given. Archives that were written before this field was known have none. */
  session?: SessionSummary | null;
  /** The session. */
  sessionId: SessionId;
  /** The project. */
  tenant: TenantId;
  /** Format version. */
  version: number;
  [field: string]: unknown;
};

/** The people of a session under stand-ins: the same person has the same one in every archive of the tenant, and only who
 * holds the tenant's key can tell whose it is. Made by [`TenantDigests::people`](crate::rights::TenantDigests::people). */
export type ArchivedPeople = {
  /** Who recorded; none where it is not known. */
  collector?: CollectorId | null;
  /** Whom the data is about; none where it is not known. */
  subject?: SubjectId | null;
};

/** What a flag came to: the variant's name is what results are compared by, the value is what was done. Both are the
 * operator's, never a collector's. */
export type Assignment = {
  /** Its value at the moment of the assignment, so that changing the flag later changes no session that was begun. */
  value?: unknown;
  /** The variant. */
  variant: VariantName;
};

/** Interactions in order. */
export type Batch = {
  /** The epoch this writer was given. */
  epoch: number;
  /** Position of the first one. */
  firstSeq: number;
  /** The interactions, each one place further. */
  interactions: Array<InteractionData>;
  /** The session. */
  sessionId: SessionId;
};

/** What is said of a blob before its bytes. */
export type BlobDescriptor = {
  /** The epoch this writer was given. */
  epoch: number;
  /** SHA-256 of the bytes. */
  hash: ContentHash;
  /** Media type of the bytes. */
  mediaType: string;
  /** What it is. */
  role: BlobRole;
  /** The session. */
  sessionId: SessionId;
};

/** What a blob is. */
export type BlobRole = "frame" | "audio";

/** Something that was not captured, told by the recorder. It takes a place in the sequence like an interaction. */
export type CaptureGap = {
  /** When it began, by the collector's clock. */
  from: Timestamp;
  /** Why. */
  kind: CaptureGapKind;
  /** How many things were lost, when that is known. */
  lost?: number | null;
  /** When it ended. */
  until?: Timestamp | null;
};

/** Why the recorder could not capture something. */
export type CaptureGapKind = "blind-frame" | "dropped-frame" | "quota" | "outbox-full" | "paused" | "excluded" | "recorder-away" | "interaction-too-large" | "lost-by-server" | string;

/** How the recorder was set up. */
export type CaptureProfile = {
  /** Whether think-aloud audio is recorded. */
  audio?: boolean;
  /** Browser and version. */
  browser?: string | null;
  /** Media type of the frames. */
  frameMediaType?: string | null;
  /** Name of the profile, such as `normal` or `high-fidelity`. */
  name?: string;
  /** Recorder and version. */
  recorder?: string | null;
  [field: string]: unknown;
};

/** Which program is speaking. */
export type ClientInfo = {
  /** Its name. */
  name: string;
  /** Its version. */
  version: string;
};

/** What a client says in text. Frames and audio travel as binary messages, see [`BlobDescriptor`](super::BlobDescriptor). */
export type ClientMessage = {
  type: "hello";
} & Hello | {
  type: "session.start";
} & SessionStart | {
  type: "batch";
} & Batch | {
  type: "gap";
} & GapReport | {
  type: "session.stop";
} & SessionStop | {
  /** The client's clock. */
  at: Timestamp;
  type: "ping";
};

/** The person (or robot) who records. */
export type CollectorId = string;

/** How the archive is compressed. */
export type CompressionInfo = {
  /** How images are encoded; they are stored, not deflated. */
  images: ImageCodecSettings;
  /** Bytes of the frames as captured plus the interactions as JSON. */
  inputBytes: number;
  /** How frames are kept. */
  level: ArchiveLevel;
  /** How text is compressed: `deflate` with its level. */
  text: string;
};

/** One action in the vocabulary models are trained on. Coordinates are CSS pixels of the viewport of the step's
 * frame; a format converts them to its own convention. */
export type ComputerAction = {
  /** Where. */
  at: Point;
  /** Which button. */
  button: MouseButton;
  type: "click";
} | {
  /** Where. */
  at: Point;
  type: "double_click";
} | {
  /** Start to end. */
  path: Array<Point>;
  type: "drag";
} | {
  /** Where to. */
  at: Point;
  type: "move";
} | {
  /** Where the pointer is. */
  at: Point;
  /** CSS pixels to the right. */
  scroll_x: number;
  /** CSS pixels down. */
  scroll_y: number;
  type: "scroll";
} | {
  /** Names of `KeyboardEvent.key`. */
  keys: Array<string>;
  type: "keypress";
} | {
  /** The text, masked. */
  text: string;
  type: "type";
} | {
  /** Where the list is. */
  at: Point;
  /** The option's text, masked. */
  option: string;
  type: "select_option";
} | {
  type: "navigate";
  /** The address, masked. */
  url: string;
} | {
  type: "wait";
} | {
  /** Whether it succeeded. */
  success: boolean;
  type: "terminate";
};

/** What the person agreed to, without who they are. */
export type ConsentSummary = {
  /** What for. */
  purposes: Array<string>;
  /** Version of the text. */
  textVersion: string;
};

/** SHA-256 as 64 lower-case hexadecimal digits */
export type ContentHash = string;

/** Where an interaction happened. */
export type Coordinates = {
  /** CSS pixels from the left of the whole document. */
  pageX?: number | null;
  /** CSS pixels from the top of the whole document. */
  pageY?: number | null;
  /** CSS pixels from the left of the top viewport, iframe offsets included. */
  x: number;
  /** CSS pixels from the top of the top viewport, iframe offsets included. */
  y: number;
};

/** Something missing from a session. */
export type DataGap = {
  /** How many places. */
  count: number;
  /** First place it is missing at. */
  firstSeq?: number | null;
  /** What is missing. */
  kind: DataGapKind;
  /** Last place it is missing at. */
  lastSeq?: number | null;
  /** Sentence for people. */
  message: string;
};

/** What kind of thing is missing. */
export type DataGapKind = "capture" | "interaction" | "frame" | "selector" | "context" | "time";

/** Where the target sits in the document. */
export type DomHierarchy = {
  /** From the parent outwards. */
  ancestors?: Array<DomNode>;
  /** How many children it has. */
  children?: number;
  /** How many ancestors there are in all. */
  depth?: number;
  /** How many siblings the target has. */
  siblings?: number;
};

/** One node of the hierarchy. */
export type DomNode = {
  /** Class names. */
  classes?: Array<string>;
  /** `id` attribute. */
  id?: string | null;
  /** Position among its siblings, from 0. */
  index?: number;
  /** ARIA role. */
  role?: string | null;
  /** Lower-case tag name. */
  tag: string;
};

/** What is known of one element. */
export type ElementData = {
  /** Attributes by name. */
  attributes?: Record<string, string>;
  /** Box in the top viewport. */
  box?: Rect | null;
  /** Checked state of a check box or radio button, as the action found it. */
  checked?: boolean | null;
  /** Whether it was disabled. */
  disabled?: boolean | null;
  /** The policy the recorder applied to `value`. */
  fieldPolicy?: FieldPolicy | null;
  /** What survives when all selectors break. */
  fingerprint?: ElementFingerprint | null;
  /** Whether it had the focus. */
  focused?: boolean | null;
  /** Origin of the frame it lives in, when that is not the top document. */
  frameOrigin?: string | null;
  /** The `type` of an input or button. */
  inputType?: string | null;
  /** Accessible name. */
  name?: string | null;
  /** ARIA role, explicit or implied. */
  role?: string | null;
  /** Whether it lives in a shadow root, and whether that root is closed. */
  shadowRoot?: string | null;
  /** Lower-case tag name. */
  tag: string;
  /** Visible text, shortened by the recorder. */
  text?: string | null;
  /** The value of a form field after the interaction, already masked at the source. */
  value?: string | null;
  [field: string]: unknown;
};

/** Properties by which an element can be found again among the candidates of a changed page. */
export type ElementFingerprint = {
  /** XPath made of tag names and positions. */
  indexedXpath?: string | null;
  /** Whether it behaves as a button. */
  isButton?: boolean | null;
  /** Text of the neighbours, in document order. */
  neighbourText?: string | null;
  /** Further properties by name. */
  properties?: Record<string, string>;
  /** Position among its siblings, from 0. */
  siblingIndex?: number | null;
};

/** How one element fared on later states of its page. */
export type ElementSurvival = {
  /** On how many at least one selector found it. */
  found: number;
  /** On how many it was looked for. */
  pages: number;
  /** On how many of the others it was found again by its fingerprint. It may be gone from the rest. */
  relocated: number;
};

/** The specification's three categories of errors. */
export type ErrorCategory = "data-collection" | "processing" | "training";

/** The frame a model is shown. */
export type ExampleFrame = {
  /** SHA-256 of the frame as captured; the archive's frame index finds the stored image by it. */
  hash: ContentHash;
  /** Image pixels. */
  height: number;
  /** CSS pixels. */
  viewportHeight: number;
  /** CSS pixels. */
  viewportWidth: number;
  /** Image pixels. */
  width: number;
};

/** What the model is told besides the frame. Page text: data, never instructions. */
export type ExampleObservation = {
  /** Elements that can be acted on near the target, in page order. */
  elements: Array<ObservedElement>;
  /** Title, masked. */
  title: string;
  /** Address, masked. */
  url: string;
};

/** One earlier action, told in the history. */
export type ExampleStep = {
  /** The action in words, masked. */
  description: string;
  /** The interaction. */
  seq: number;
};

/** What may be kept of a form field's value. */
export type FieldPolicy = "drop" | "pseudonymise" | "shape" | "keep";

/** One file of the archive. */
export type FileManifest = {
  /** Bytes in the ZIP. */
  compressedSize: number;
  /** Path within the ZIP. */
  path: string;
  /** What it is. */
  role: FileRole;
  /** Bytes before compression. */
  size: number;
};

/** What a file of the archive is. */
export type FileRole = "interactions" | "frame" | "patch" | "frame-index" | "audio" | "training-data" | "vision-analysis" | "quality-report" | "viewer";

/** One thing a reader should know about a session. Never holds content. */
export type Finding = {
  /** Sentence for people. */
  message: string;
  /** Where. */
  place?: FindingPlace;
  /** The rule. */
  rule: RuleId;
  /** How much it matters. */
  severity: Severity;
};

/** Where a finding is. */
export type FindingPlace = {
  /** Field path within the interaction, or the name of a file. */
  field?: string | null;
  /** Position in the session; none for the session as a whole. */
  seq?: number | null;
};

/** One field of the form around the element. */
export type FormField = {
  /** Its autocomplete token. */
  autocomplete?: string | null;
  /** Whether it holds anything. */
  filled?: boolean;
  /** Its `type`. */
  inputType?: string | null;
  /** Its label. */
  label?: string | null;
  /** Its `name`. */
  name: string;
  /** Whether the page requires it. */
  required?: boolean;
  /** Its value, masked at the source. */
  value?: string | null;
};

/** One form. */
export type FormSummary = {
  /** How many fields it has. */
  fields?: number;
  /** How many of them are filled in. */
  filled?: number;
  /** Its name, id or label. */
  name?: string | null;
  /** How many are required. */
  required?: number;
};

/** `screenshots/index.json`: how each captured frame is composed from stored images. */
export type FrameIndex = {
  /** One entry for each distinct captured frame, in the order first seen. */
  frames: Array<FrameIndexEntry>;
};

/** One captured frame. */
export type FrameIndexEntry = {
  /** Whether the picture shows one colour only. */
  blank?: boolean;
  /** Path of the whole frame; several entries may name the same one. A frame with `pieces` is not stored under it:
   * it is put there when the archive is extracted. */
  file: string;
  /** SHA-256 of the frame as captured. */
  hash: ContentHash;
  /** Image pixels. */
  height: number;
  /** Boxes painted by the archive writer, in image pixels. */
  painted?: Array<Rect>;
  /** What the frame is composed of; empty when it is stored whole. The pieces cover each pixel exactly once, and each
   * names a stored image, never another composed frame. */
  pieces?: Array<FramePiece>;
  /** Image pixels. */
  width: number;
};

/** A rectangle of a stored image and its place in a frame, in image pixels. */
export type FramePiece = {
  /** Path of the stored image. */
  file: string;
  /** Its first column in the stored image. */
  fromX?: number;
  /** Its first row in the stored image. */
  fromY?: number;
  /** Rows. */
  height: number;
  /** Columns. */
  width: number;
  /** Its first column in the frame. */
  x?: number;
  /** Its first row in the frame. */
  y?: number;
};

/** Which interface of the browser the pixels came from. */
export type FrameSource = "visible-tab" | "tab-capture" | "dev-tools" | "imported" | string;

/** A place of the sequence that holds no interaction, because it could not be captured. */
export type GapReport = {
  /** The epoch this writer was given. */
  epoch: number;
  /** What was missed. */
  gap: CaptureGap;
  /** Its position. */
  seq: number;
  /** The session. */
  sessionId: SessionId;
};

/** The first message. */
export type Hello = {
  /** Which program. */
  client?: ClientInfo;
  /** The client's clock at the moment of sending. */
  clock: Timestamp;
  /** [`PROTOCOL`]. */
  protocol: string;
  /** The session to go on with. */
  resume?: Resume | null;
  /** Proves who is speaking. Empty when it came with the sub-protocol. */
  token?: string;
};

/** How images were encoded. */
export type ImageCodecSettings = {
  /** Whether images of few colours, which are text on flat ground, were kept bit-exact where that is no larger. */
  adaptive?: boolean;
  /** Codec and version. */
  codec: string;
  /** Lossy or bit-exact. */
  lossless: boolean;
  /** Effort, in the codec's own scale. */
  method: number;
  /** 0 to 100. */
  quality: number;
};

/** What to do better next time. */
export type Improvement = {
  /** What to do, in one sentence. */
  advice: string;
  /** How many findings. */
  findings: number;
  /** How many points of the score it would win back. */
  points: number;
  /** The rule whose findings it would avoid. */
  rule: RuleId;
};

/** One interaction: the specification's `InteractionData` and `EnhancedInteractionData` in one record. */
export type InteractionData = {
  /** The particulars. */
  action?: ActionDetails;
  /** 0 to 1: how sure the recorder is of this reduction of raw events. */
  confidence?: number;
  /** Where, for pointer actions. */
  coordinates?: Coordinates | null;
  /** The element. */
  element?: ElementData | null;
  /** The page around it. */
  pageContext?: PageContext;
  /** 0 to 1: how well the element can be found again. */
  reliability?: number;
  /** Frames before, after and during. */
  screenshots?: Array<Screenshot>;
  /** How to find the element again. */
  selectors?: SelectorSet | null;
  /** Position in the session, from 1. Left out on the wire, where the batch gives the first one. */
  seq?: number | null;
  /** The session. Left out on the wire, where the batch names it; always set in storage. */
  sessionId?: SessionId | null;
  /** What changed afterwards. */
  stateChanges?: Array<StateChange>;
  /** When, by the collector's clock. */
  timestamp: Timestamp;
  /** What was done. */
  type: InteractionType;
  /** What is known of the person. */
  userContext?: UserContext;
  /** What the recorder takes the person to be doing, as one word or phrase. */
  userIntent?: string | null;
  /** How it looked. */
  visualContext?: VisualContext | null;
  [field: string]: unknown;
};

/** What was done. */
export type InteractionType = "click" | "doubleClick" | "input" | "change" | "select" | "key" | "scroll" | "drag" | "copy" | "paste" | "hover" | "submit" | "navigation" | "tabSwitch" | string;

/** How selectors of one kind fared. */
export type KindSurvival = {
  /** How often it found the recorded element and nothing else. */
  found: number;
  /** The kind. */
  kind: SelectorKind;
  /** How often one was tried. */
  tried: number;
};

/** Figures of a model on held-out steps. */
export type ModelPerformance = {
  /** US dollars for all steps. */
  costUsd?: number | null;
  /** Share of steps whose element was right, 0 to 1. */
  elementAccuracy?: number;
  /** Median milliseconds to an answer. */
  latencyMs?: number | null;
  /** The model. */
  modelId: string;
  /** Share of steps that were right as a whole, 0 to 1. */
  stepSuccess?: number;
  /** How many steps were tried. */
  steps?: number;
  /** Share of tasks that were right as a whole, 0 to 1. */
  taskSuccess?: number;
};

/** A pointer button. */
export type MouseButton = "left" | "middle" | "right" | "back" | "forward";

/** One element near the target. */
export type NearbyElement = {
  /** Its box. */
  box?: Rect | null;
  /** CSS pixels from middle to middle. */
  distance?: number | null;
  /** Whether it can be acted on. */
  interactive?: boolean;
  /** ARIA role. */
  role?: string | null;
  /** A selector. */
  selector?: string | null;
  /** Lower-case tag name. */
  tag: string;
  /** Accessible name or text. */
  text?: string | null;
};

/** How urgent a notice is. */
export type NoticeLevel = "info" | "warning" | "error";

/** One element named in the observation. */
export type ObservedElement = {
  /** Accessible name or text, masked. */
  name: string;
  /** ARIA role or tag. */
  role: string;
};

/** A place of the sequence that holds no interaction. */
export type OtherPlace = {
  /** Position, from 1. */
  seq: number;
} & ({
  gap: CaptureGap;
} | {
  quarantined: Finding;
});

/** Everything known of the page at the moment of an interaction. */
export type PageContext = {
  /** Size of the whole document, CSS pixels. */
  documentHeight?: number | null;
  /** The target's ancestors. */
  domHierarchy?: DomHierarchy | null;
  /** Language of the document. */
  language?: string | null;
  /** Elements near the target. */
  nearbyElements?: Array<NearbyElement>;
  /** Landmarks, forms and lists. */
  pageStructure?: PageStructure | null;
  /** Products the page declares (JSON-LD, microdata, OpenGraph). */
  products?: Array<ProductInfo>;
  /** Scroll position. */
  scroll?: Scroll;
  /** Title. */
  title?: string;
  /** Address, query values masked. */
  url?: string;
  /** Visible part. */
  viewport?: Viewport | null;
  [field: string]: unknown;
};

/** What kind of page it is, in a shop's terms. */
export type PageKind = "home" | "results" | "product" | "cart" | "checkout" | "confirmation" | "account" | string;

/** The page's structure. */
export type PageStructure = {
  /** Forms in document order. */
  forms?: Array<FormSummary>;
  /** The main heading. */
  heading?: string | null;
  /** How many elements can be acted on. */
  interactiveElements?: number;
  /** How many nodes the document has. */
  nodes?: number;
  /** What kind of page it is, when the recorder can tell. */
  pageKind?: PageKind | null;
  /** Landmarks and sections in document order. */
  sections?: Array<SectionSummary>;
};

/** A point in CSS pixels, from the top left of the viewport. */
export type Point = {
  /** To the right. */
  x: number;
  /** Downwards. */
  y: number;
};

/** One error met while a session was processed. */
export type ProcessingError = {
  /** When. */
  at: Timestamp;
  /** Which of the three. */
  category: ErrorCategory;
  /** Stable code. */
  code: string;
  /** Sentence for people; never content. */
  message: string;
  /** Whether another try may help. */
  retryable: boolean;
  /** Step in which it happened. */
  step: string;
};

/** One step of the processing of a session. */
export type ProcessingStep = {
  /** When it ended. */
  endedAt?: Timestamp | null;
  /** How many findings it made. */
  findings?: number;
  /** Stage name. */
  name: string;
  /** When it began. */
  startedAt?: Timestamp | null;
  /** Where it stands. */
  status: ProcessingStepStatus;
};

/** Where a processing step stands. */
export type ProcessingStepStatus = "pending" | "running" | "completed" | "failed" | "skipped";

/** A product as the page itself declares it. */
export type ProductInfo = {
  /** Availability as the page writes it. */
  availability?: string | null;
  /** Its brand. */
  brand?: string | null;
  /** ISO 4217 code. */
  currency?: string | null;
  /** Its name. */
  name?: string | null;
  /** Its price as the page writes it. */
  price?: string | null;
  /** How many, in a cart. */
  quantity?: number | null;
  /** Stock-keeping unit. */
  sku?: string | null;
};

/** One part of a score. */
export type QualityPart = {
  /** How many places were looked at. */
  checked: number;
  /** How many of them fell short, and by which rule. */
  lost: Array<[RuleId, number]>;
  /** What is measured. */
  name: string;
  /** 0 to 1. */
  score: number;
  /** Its share of the whole, 0 to 1; all shares add up to 1. */
  weight: number;
};

/** `quality-report.json`: everything a reader needs to judge a session. */
export type QualityReport = {
  /** Findings, by place and rule. */
  findings: Array<Finding>;
  /** What is missing. */
  gaps: Array<DataGap>;
  /** What to do better. */
  improvements: Array<Improvement>;
  /** Whether the task was done. Reports of versions before it have none. */
  outcome?: TaskOutcome | null;
  /** The score. */
  score: QualityScore;
  /** How the selectors fared when their elements were met again; none when none was. */
  selectors?: SurvivalReport | null;
};

/** The quality of a session, each point traceable to findings. */
export type QualityScore = {
  /** 0 to 1: how much of what happened was captured. */
  completeness: number;
  /** 0 to 100. */
  overall: number;
  /** What the score is made of. */
  parts: Array<QualityPart>;
  /** 0 to 1: how well the acted elements can be found again. */
  reliability: number;
};

/** A box in CSS pixels of the top viewport. */
export type Rect = {
  /** Never negative. */
  height: number;
  /** Never negative. */
  width: number;
  /** Left edge. */
  x: number;
  /** Top edge. */
  y: number;
};

/** One painted box. */
export type Redaction = {
  /** Box in CSS pixels of the top viewport. */
  box: Rect;
  /** Why. */
  reason: RedactionReason;
};

/** Why a box of a frame was painted over. */
export type RedactionReason = "sensitive-field" | "detected-text" | "marked-private" | "media" | string;

/** What was masked, in numbers. */
export type RedactionSummary = {
  /** Painted boxes. */
  boxes: number;
  /** Version of the detector. */
  detector: string;
  /** Replaced values by type of personal data. */
  text: Record<string, number>;
};

/** A session to go on with. */
export type Resume = {
  /** The session. */
  sessionId: SessionId;
};

/** A session the server knows, and where it stands. */
export type Resumed = {
  /** The epoch to send with; every earlier one is refused from now on. */
  epoch: number;
  /** Feature flags as the session was given them when it began; they win over those of `welcome`. */
  flags?: Record<string, unknown>;
  /** Whether the session takes no more interactions. */
  sealed: boolean;
  /** The session. */
  sessionId: SessionId;
  /** The last place that is durable. Go on after it. */
  through: number;
};

/** The stable id of a rule, such as `frame-missing`. Never reused for another meaning. */
export type RuleId = string;

/** A frame: which pixels, taken when, how late, of what, from where. */
export type Screenshot = {
  /** When the pixels were taken, by the collector's clock. */
  capturedAt: Timestamp;
  /** SHA-256 of the encoded image as it was sent. */
  hash: ContentHash;
  /** Image pixels. */
  height: number;
  /** Milliseconds from the interaction to the capture; negative when the frame is older than the interaction. */
  lagMs: number;
  /** Media type of the encoded image, such as `image/png`. */
  mediaType: string;
  /** Boxes that were painted before encoding. */
  redactions?: Array<Redaction>;
  /** Relation to the interaction. */
  relation: ScreenshotRelation;
  /** The scroll position at that moment. */
  scroll?: Scroll;
  /** Where the pixels came from. */
  source: FrameSource;
  /** What caused the capture. */
  trigger: ScreenshotTrigger;
  /** The viewport at that moment. */
  viewport: Viewport;
  /** Image pixels. */
  width: number;
  [field: string]: unknown;
};

/** How a frame relates to the interaction it belongs to. */
export type ScreenshotRelation = "before" | "after" | "burst";

/** What made the recorder take the frame. */
export type ScreenshotTrigger = "interaction" | "settled" | "navigation" | "interval" | "manual" | string;

/** How far the page is scrolled, in CSS pixels. */
export type Scroll = {
  /** To the right. */
  x: number;
  /** Downwards. */
  y: number;
};

/** The kind of a landmark or section. */
export type SectionKind = "banner" | "navigation" | "main" | "search" | "complementary" | "contentinfo" | "dialog" | "list" | "table" | string;

/** One landmark or section. */
export type SectionSummary = {
  /** Its box. */
  box?: Rect | null;
  /** How many items or interactive elements it holds. */
  items?: number;
  /** What it is. */
  kind: SectionKind;
  /** Its heading or label. */
  label?: string | null;
};

/** One way to find an element. */
export type Selector = {
  /** Its language. */
  kind: SelectorKind;
  /** The chain of shadow hosts from the document inwards, each as a CSS selector. Empty in the light DOM. */
  shadowHosts?: Array<string>;
  /** The expression. */
  value: string;
};

/** The language a selector is written in, and what it hangs on. */
export type SelectorKind = "test-id" | "role" | "label" | "placeholder" | "text" | "id" | "name" | "css-path" | "xpath" | "playwright" | string;

/** How far one selector can be trusted, with the evidence. */
export type SelectorReliability = {
  /** Its language. */
  kind: SelectorKind;
  /** How it did on later states of its page, where those are stored. */
  later?: SelectorSurvival | null;
  /** How many elements it matched when it was recorded; 1 is what it should be. */
  matches?: number | null;
  /** Why the score is not higher, as stable words such as `hash-like-class`. */
  reasons?: Array<string>;
  /** 0 to 1: the prior of the kind, times uniqueness, times the quality of the value. */
  score: number;
  /** The expression this is about. */
  selector: string;
};

/** All the ways to find one element. */
export type SelectorSet = {
  /** Others, best first. */
  alternatives?: Array<Selector>;
  /** A full CSS path. */
  cssPath?: string;
  /** How the element fared on later states of its page, where those are stored. */
  later?: ElementSurvival | null;
  /** The best one. */
  primary?: string;
  /** One entry for each selector above. */
  reliability?: Array<SelectorReliability>;
  /** An XPath. */
  xpath?: string;
  [field: string]: unknown;
};

/** How one selector did on later states of its page. */
export type SelectorSurvival = {
  /** On how many it found the recorded element and nothing else. */
  found: number;
  /** On how many it was tried. */
  pages: number;
};

/** What the server says. */
export type ServerMessage = {
  /** Milliseconds to add to the client's clock to get the server's. */
  clockOffsetMs: number;
  /** Feature flags of this collector, by name, with their values. */
  flags?: Record<string, unknown>;
  /** The limits of this connection; `credit` is among them. */
  limits: WireLimits;
  /** [`PROTOCOL`]. */
  protocol: string;
  /** The session that was asked for in `resume`. */
  resumed?: Resumed | null;
  /** The server's clock. */
  serverTime: Timestamp;
  type: "welcome";
} | {
  type: "session.started";
} & Resumed | {
  /** Blobs that are durable since the last `ack`. */
  blobs?: Array<ContentHash>;
  /** The session. */
  sessionId: SessionId;
  /** Every place up to this one is durable. */
  through: number;
  type: "ack";
} | {
  /** First place to send again. */
  from: number;
  /** The session. */
  sessionId: SessionId;
  type: "resend";
} | {
  /** Its announced hash, for a blob. */
  blob?: ContentHash | null;
  /** Why. */
  code: WireCode;
  /** Why, for people. */
  reason: string;
  /** Its place, for an interaction. */
  seq?: number | null;
  type: "reject";
} | {
  /** Findings so far. */
  findings: number;
  /** Places at which something is missing so far: a picture, what an element was, what the recorder told as a gap. */
  gaps?: number;
  /** 0 to 100, as far as it can be told now. */
  quality?: number | null;
  /** The session. */
  sessionId: SessionId;
  /** Places stored. */
  through: number;
  type: "update";
} | {
  /** Stable code. */
  code: string;
  /** How urgent. */
  level: NoticeLevel;
  /** What to do, in one sentence. */
  message: string;
  type: "notice";
} | {
  /** How long to wait. */
  retryAfterMs: number;
  type: "throttle";
} | {
  /** Things refused on this connection. */
  rejected: number;
  /** The session. */
  sessionId: SessionId;
  /** Places stored. */
  through: number;
  type: "summary";
} | {
  /** The client's clock, as it was sent. */
  at: Timestamp;
  /** The server's clock. */
  serverTime: Timestamp;
  type: "pong";
} | {
  /** Why. */
  code: WireCode;
  /** Why, for people. */
  reason: string;
  type: "close";
};

/** What the person agreed to before anything was captured. */
export type SessionConsent = {
  /** SHA-256 of the text that was shown. */
  evidenceHash?: ContentHash | null;
  /** When. */
  givenAt: Timestamp;
  /** Whether the browser sent a Global Privacy Control signal. */
  globalPrivacyControl?: boolean;
  /** What for, such as `training` or `research`. */
  purposes: Array<string>;
  /** The person the data is about. */
  subject: SubjectId;
  /** Version of the text they agreed to. */
  textVersion: string;
};

/** What the person set out to do. */
export type SessionGoal = {
  /** The site the task is for. */
  site?: string | null;
  /** The task's id in a task list. */
  taskId?: string | null;
  /** The task in words. */
  text: string;
};

/** One recorded session. Made by the server, never by a client. */
export type SessionId = string;

/** The collector's own key for a recording. Sending it again returns the same session. */
export type SessionKey = string;

/** How the session ended, as the collector tells it. A claim, not evidence. */
export type SessionOutcome = "succeeded" | "abandoned" | "impossible" | "withdrawn" | "unknown" | string;

/** Begins a recording. */
export type SessionStart = {
  /** How the recorder is set up. */
  capture?: CaptureProfile;
  /** What the person agreed to. */
  consent: SessionConsent;
  /** What the person set out to do. */
  goal?: SessionGoal;
  /** The collector's own key: sending it again finds the same session. */
  key: SessionKey;
  /** Who acts. */
  sessionType?: SessionType;
};

/** Where a session stands. */
export type SessionStatus = "active" | "processing" | "completed" | "failed";

/** Ends a recording. */
export type SessionStop = {
  /** The epoch this writer was given. */
  epoch: number;
  /** The last place that was used; 0 for none. */
  lastSeq: number;
  /** How it ended, as the collector tells it. */
  outcome?: SessionOutcome | null;
  /** The session. */
  sessionId: SessionId;
};

/** What the pipeline was given besides interactions, frames and a vision analysis. Names neither who recorded nor whom the
 * data is about. */
export type SessionSummary = {
  /** When it was sealed. */
  endTime?: Timestamp | null;
  /** What was found before the pipeline, such as frames that could not be decoded. */
  findings?: Array<Finding>;
  /** What the person set out to do, masked. */
  goal: SessionGoal;
  /** The places that hold no interaction, in order. */
  otherPlaces?: Array<OtherPlace>;
  /** How it ended, as the collector tells it. */
  outcome?: SessionOutcome | null;
  /** Whose it is, so that data sets can be split by person. Archives that were written before this field was known have
   * nobody. */
  people?: ArchivedPeople;
  /** When it began, by the server's clock. */
  startTime: Timestamp;
  /** Who acted. */
  type: SessionType;
};

/** Who acted. */
export type SessionType = "human" | "automated" | "hybrid";

/** How much a finding matters. */
export type Severity = "info" | "warning" | "error";

/** One change of the page that followed an interaction. */
export type StateChange = {
  /** The value after. */
  after?: string | null;
  /** The value before. */
  before?: string | null;
  /** How many changes of this kind were summed up here. */
  count?: number | null;
  /** What changed. */
  kind: StateChangeKind;
  /** The name of the attribute or property. */
  property?: string | null;
  /** Where, as a selector. */
  target?: string | null;
};

/** What kind of change an interaction caused. */
export type StateChangeKind = "url" | "added" | "removed" | "attribute" | "text" | "value" | "focus" | "cart" | string;

/** The person the data is about; a pseudonym, never a name. */
export type SubjectId = string;

/** How the selectors of a session, or of many, fared when their elements were met again. */
export type SurvivalReport = {
  /** How many elements were met again. */
  elements: number;
  /** On how many at least one selector found it. */
  found: number;
  /** By kind of selector. */
  kinds: Array<KindSurvival>;
  /** On how many it was looked for. */
  pages: number;
  /** On how many of the others it was found again by its fingerprint. It may be gone from the rest. */
  relocated: number;
};

/** Whether the task was done, judged by what the pages became. The collector's own word is beside it and plays no part. */
export type TaskOutcome = {
  /** What the collector says; none when they said nothing. */
  claimed?: SessionOutcome | null;
  /** Which facts speak for that, as stable words. */
  evidence: Array<string>;
  /** 0 to 1: how likely it is that the task was done. */
  likelihood: number;
};

/** An isolated project: nothing of one tenant is visible to another. */
export type TenantId = string;

/** Milliseconds since 1970-01-01T00:00:00Z. In JSON a number, as `Date.now()` gives it. */
export type Timestamp = number;

/** One training item, neutral to providers: this goal, this history, this frame, therefore these actions. */
export type TrainingExample = {
  /** What the person did. */
  actions: Array<ComputerAction>;
  /** 0 to 1. */
  complexity: number;
  /** What the person saw. */
  frame: ExampleFrame;
  /** The goal in words, masked. */
  goal: string;
  /** Earlier actions, oldest first. */
  history: Array<ExampleStep>;
  /** What else the model is told. */
  observation: ExampleObservation;
  /** Why, as far as it is known. */
  rationale?: string | null;
  /** The interaction. */
  seq: number;
  /** The session. */
  sessionId: SessionId;
  /** 0 to 1. */
  trainingValue: number;
  /** The worst finding about this interaction. */
  worstFinding?: Severity | null;
  [field: string]: unknown;
};

/** Figures of a training run. */
export type TrainingMetrics = {
  /** Passes over the data. */
  epochs?: number;
  /** Steps done. */
  steps?: number;
  /** Last share of tokens predicted right, 0 to 1. */
  tokenAccuracy?: number | null;
  /** Tokens trained on. */
  trainedTokens?: number;
  /** Last training loss. */
  trainingLoss?: number | null;
  /** Last validation loss. */
  validationLoss?: number | null;
};

/** One session: identity, progress, quality and results. */
export type UnifiedSession = {
  /** Where the archive is. */
  archiveUrl?: string | null;
  /** How the recorder was set up. */
  capture?: CaptureProfile;
  /** Who recorded it. */
  collector: CollectorId;
  /** 0 to 1. */
  completeness?: number;
  /** What the person agreed to. */
  consent: SessionConsent;
  /** Milliseconds from start to end. */
  duration?: number | null;
  /** When it was sealed. */
  endTime?: Timestamp | null;
  /** What went wrong. */
  errors?: Array<ProcessingError>;
  /** Which variants of which feature flags it was given when it began. */
  flags?: Record<string, unknown>;
  /** What the person set out to do. */
  goal?: SessionGoal;
  /** Its id. */
  id: SessionId;
  /** How many places of its sequence are stored. */
  interactionCount?: number;
  /** The model trained with it. */
  modelId?: string | null;
  /** Figures of the model trained with it. */
  modelPerformance?: ModelPerformance | null;
  /** How it ended, as the collector tells it. */
  outcome?: SessionOutcome | null;
  /** What was done with it. */
  processingSteps?: Array<ProcessingStep>;
  /** 0 to 100. */
  qualityScore?: number;
  /** 0 to 1. */
  reliability?: number;
  /** When it began, by the server's clock. */
  startTime: Timestamp;
  /** Where it stands. */
  status: SessionStatus;
  /** The project it belongs to. */
  tenant: TenantId;
  /** The training file at the provider. */
  trainingFileId?: string | null;
  /** Figures of the training it was part of. */
  trainingMetrics?: TrainingMetrics | null;
  /** Who acted. */
  type: SessionType;
  [field: string]: unknown;
};

/** What is known of the person at that moment; never who they are. */
export type UserContext = {
  /** The form being filled in. */
  form?: Array<FormField>;
  /** Milliseconds the pointer rested on the target before the action. */
  hesitationMs?: number | null;
  /** What the person answered when asked why, in their words. */
  rationale?: string | null;
  /** Milliseconds since the interaction before. */
  sincePreviousMs?: number | null;
  /** Tab number within the session, from 0. */
  tab?: number | null;
};

/** What the person is after. */
export type UserIntentKind = "search" | "filter" | "browse" | "inspect" | "compare" | "configure" | "cart" | "checkout" | "purchase" | "account" | "backtrack" | string;

/** One of the values that a feature flag may have, by name. */
export type VariantName = string;

/** The visible part of a page, in CSS pixels. */
export type Viewport = {
  /** Image pixels per CSS pixel. */
  devicePixelRatio?: number;
  /** CSS pixels. */
  height: number;
  /** CSS pixels. */
  width: number;
};

/** `vision-analysis.json`: what a model saw. Empty, with `model` unset, when no model was asked. */
export type VisionAnalysis = {
  /** Which model. */
  model?: string | null;
  /** One entry a frame. */
  observations?: Array<VisionObservation>;
};

/** What a model saw in one frame. */
export type VisionObservation = {
  /** 0 to 1. */
  confidence?: number;
  /** What the frame shows. */
  description?: string;
  /** The frame. */
  frame: ContentHash;
  /** What the person seems to be after. */
  intent?: UserIntentKind | null;
  /** The page kind it takes the frame to show. */
  pageKind?: PageKind | null;
};

/** How the target looked. */
export type VisualContext = {
  /** Its box in the top viewport. */
  box?: Rect | null;
  /** Computed `cursor`. */
  cursor?: string | null;
  /** Whether something lay over its middle. */
  occluded?: boolean | null;
  /** 0 to 1: how much of it lay in the viewport. */
  visibleRatio?: number | null;
};

/** Why something was refused. The text form never changes its meaning. */
export type WireCode = "message-too-large" | "invalid-json" | "invalid-binary" | "invalid-message" | "unknown-type" | "unexpected-message" | "unsupported-protocol" | "unauthenticated" | "consent-missing" | "session-unknown" | "session-sealed" | "stale-epoch" | "credit-exceeded" | "interaction-invalid" | "batch-size" | "stop-too-early" | "blob-hash-mismatch" | "blob-too-large" | "blob-media-type" | "blob-too-many-pixels" | "timeout" | "server-shutdown" | "storage-unavailable" | "overloaded";

/** The limits of the protocol. Told to the client in `welcome`. */
export type WireLimits = {
  /** Blobs that may be on the way. */
  blobCredit?: number;
  /** Places of the sequence that may be on the way: sent and not yet acknowledged. */
  credit?: number;
  /** Milliseconds until `hello` must have come. */
  handshakeTimeoutMs?: number;
  /** Milliseconds of silence after which the connection is closed. The client pings well within it. */
  idleTimeoutMs?: number;
  /** Interactions of one batch. */
  maxBatch?: number;
  /** Bytes of one blob. */
  maxBlobBytes?: number;
  /** Pixels of one frame. */
  maxFramePixels?: number;
  /** Bytes of one text message, and of a compressed one after inflating. */
  maxMessageBytes?: number;
  /** Bytes of one message before the client is known. */
  maxUnauthenticatedBytes?: number;
};
