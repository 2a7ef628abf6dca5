//! The rules: stable codes, how bad each is, and what to do about it.

use std::fmt;

use codesight_core::model::Severity;
use serde::{Serialize, Serializer};

/// What a code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The file as a whole.
    File,
    /// The form of one line: a service refuses the file for it.
    Line,
    /// What one well-formed line would teach.
    Teaching,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $scope:ident, $severity:ident, $fix:literal;)+) => {
        /// A rule of the validator. Codes are never reused for another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as text, for example `invalid-json`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What it is about.
            pub fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)+ }
            }

            /// How much it matters.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)+ }
            }

            /// What is wrong, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// What to do about it.
            pub fn fix(self) -> &'static str {
                match self { $(Self::$name => $fix,)+ }
            }
        }
    };
}

codes! {
    /// The file has no line.
    EmptyFile = "empty-file", File, Error, "write at least one example";
    /// The file has fewer examples than the service accepts.
    TooFewExamples = "too-few-examples", File, Error, "add examples";
    /// The file has more examples than the service accepts.
    TooManyExamples = "too-many-examples", File, Error, "split the file or drop the least valuable examples";
    /// The file has more examples with images than the service accepts.
    TooManyImageExamples = "too-many-image-examples", File, Error, "split the file or drop the least valuable examples";
    /// The file is larger than any upload of the service.
    FileTooLarge = "file-too-large", File, Error, "make the images smaller, then split the file";
    /// The file is too large for the plain upload call.
    FileNeedsParts = "file-needs-parts", File, Info, "use the upload in parts";
    /// The file begins with a byte order mark.
    ByteOrderMark = "byte-order-mark", File, Error, "save the file as UTF-8 without a byte order mark";
    /// The file does not begin with the byte order mark that the service's documentation asks for.
    MissingByteOrderMark = "missing-byte-order-mark", File, Warning, "save the file as UTF-8 with a byte order mark";
    /// Lines end in carriage return and line feed.
    CarriageReturn = "carriage-return", File, Warning, "end lines with a line feed alone";
    /// The line is the same as an earlier one.
    DuplicateLine = "duplicate-line", Teaching, Warning, "remove the copy, or keep it on purpose to weigh the example";
    /// From this line on, copies are not looked for: too many lines.
    DuplicatesNotTracked = "duplicates-not-tracked", File, Info, "raise the limit on tracked lines, or split the file";

    /// The line is longer than the reader takes.
    LineTooLong = "line-too-long", Line, Error, "make the images smaller or fewer";
    /// The line holds nothing.
    BlankLine = "blank-line", Line, Error, "remove the line";
    /// The line is not UTF-8.
    InvalidUtf8 = "invalid-utf8", Line, Error, "encode the file as UTF-8";
    /// The JSON ends before it is complete.
    UnfinishedJson = "unfinished-json", Line, Error, "put the whole object on one line, without line breaks in it";
    /// The line is not JSON.
    InvalidJson = "invalid-json", Line, Error, "write the object with a JSON library";
    /// Something follows the JSON value on the same line.
    TrailingData = "trailing-data", Line, Error, "put each object on a line of its own, with nothing behind it";
    /// The JSON is nested too deeply.
    TooDeep = "too-deep", Line, Error, "flatten the value";
    /// The JSON has too many values.
    TooManyValues = "too-many-values", Line, Error, "split the example";
    /// The line is JSON, but not an object.
    NotAnObject = "not-an-object", Line, Error, "write one object for each example";
    /// An object has the same key twice.
    DuplicateKey = "duplicate-key", Line, Warning, "keep one of them; readers differ in which one they take";

    /// The example has a top-level key that the service refuses.
    UnknownTopLevelKey = "unknown-top-level-key", Line, Error, "keep messages, tools, parallel_tool_calls and functions only";
    /// The example has no `messages`.
    MissingMessages = "missing-messages", Line, Error, "add the list `messages`";
    /// `messages` is not a list with something in it.
    MessagesNotAList = "messages-not-a-list", Line, Error, "make `messages` a list of at least one user and one assistant message";
    /// A message is not an object.
    MessageNotAnObject = "message-not-an-object", Line, Error, "make each message an object with `role` and `content`";
    /// A message has no role.
    MissingRole = "missing-role", Line, Error, "add `role`: system, user, assistant or tool";
    /// A message has a role that the service does not know.
    UnknownRole = "unknown-role", Line, Error, "use system, user, assistant or tool";
    /// A message has a key that its role does not have.
    UnknownMessageKey = "unknown-message-key", Line, Error, "remove the key";
    /// A message has no content.
    MissingContent = "missing-content", Line, Error, "add `content`; only an assistant message with calls can do without";
    /// The content is not of a type that the role takes.
    WrongContentType = "wrong-content-type", Line, Error, "use a text or a list of parts";
    /// A content part is not of a type that the role takes.
    UnknownContentPart = "unknown-content-part", Line, Error, "use parts of the type text, and image_url in user messages";
    /// A content part has a key that its type does not have.
    UnknownPartKey = "unknown-part-key", Line, Error, "remove the key";
    /// The name of the author is not a text.
    WrongName = "wrong-name", Line, Error, "make `name` a text";
    /// The example has no assistant message.
    NoAssistantMessage = "no-assistant-message", Line, Error, "end the example with the answer to learn";
    /// The last message is not the assistant's.
    LastNotAssistant = "last-not-assistant", Line, Error, "end the example with the answer to learn";
    /// The assistant's message is empty.
    EmptyAnswer = "empty-answer", Line, Warning, "write the answer to learn";
    /// Every assistant message has the weight 0.
    NothingTrained = "nothing-trained", Line, Error, "give at least one assistant message the weight 1";
    /// A weight is neither 0 nor 1.
    WrongWeight = "wrong-weight", Line, Error, "use the whole number 0 or 1";
    /// The example has no system message.
    NoSystemMessage = "no-system-message", Line, Warning, "add the system message that the model will be used with";
    /// The example has no user message.
    NoUserMessage = "no-user-message", Line, Warning, "add what the user asks";
    /// Functions are the deprecated form of tools.
    DeprecatedFunctions = "deprecated-functions", Line, Warning, "use tools and tool_calls";
    /// A text holds a special token that the service refuses.
    SpecialToken = "special-token", Line, Error, "put a space into the token, or remove it";
    /// A text holds a special token or placeholder of another family of models.
    ForeignSpecialToken = "foreign-special-token", Line, Warning, "put a space into the token if the line is meant for such a trainer";

    /// `tools` is not a list with something in it.
    ToolsNotAList = "tools-not-a-list", Line, Error, "make `tools` a list of function tools, or leave it out";
    /// A tool is not a function tool with a name.
    WrongTool = "wrong-tool", Line, Error, "write {\"type\":\"function\",\"function\":{\"name\":...,\"parameters\":{...}}}";
    /// A function's name is not 1 to 64 letters, digits, `_` or `-`.
    WrongFunctionName = "wrong-function-name", Line, Error, "rename the function";
    /// Two tools have the same name.
    DuplicateTool = "duplicate-tool", Line, Error, "keep one of them";
    /// The example has more tools than the service accepts.
    TooManyTools = "too-many-tools", Line, Error, "keep the tools that the model needs";
    /// `parallel_tool_calls` is not true or false.
    WrongParallelToolCalls = "wrong-parallel-tool-calls", Line, Error, "use true or false";
    /// A message makes several calls although `parallel_tool_calls` is false.
    ParallelCalls = "parallel-calls", Line, Warning, "make one call in each message, or allow several";
    /// `tool_calls` is not a list with something in it.
    ToolCallsNotAList = "tool-calls-not-a-list", Line, Error, "make `tool_calls` a list, or leave it out";
    /// A tool call is not complete.
    WrongToolCall = "wrong-tool-call", Line, Error, "write {\"id\":...,\"type\":\"function\",\"function\":{\"name\":...,\"arguments\":\"...\"}}";
    /// Two tool calls of one message have the same id.
    DuplicateToolCallId = "duplicate-tool-call-id", Line, Error, "give each call an id of its own";
    /// A call names a function that is not among the tools.
    UnknownFunction = "unknown-function", Line, Error, "add the tool, or name one of the tools";
    /// The arguments of a call are not a text.
    ArgumentsNotText = "arguments-not-text", Line, Error, "write the arguments as JSON inside a text";
    /// The arguments of a call are not a JSON object.
    ArgumentsNotJson = "arguments-not-json", Line, Error, "write the arguments as one JSON object";
    /// The arguments of a `computer` call do not fit the tool's schema.
    WrongComputerArguments = "wrong-computer-arguments", Line, Error, "write {\"actions\":[...]} in the tool's vocabulary, with whole numbers for coordinates";
    /// A coordinate of a `computer` call lies outside the image.
    CoordinatesOutsideImage = "coordinates-outside-image", Line, Error, "use pixels of the very image that is in the line";
    /// A tool message does not say which call it answers.
    MissingToolCallId = "missing-tool-call-id", Line, Error, "add the `tool_call_id` of the call";
    /// A tool message answers a call that the message before it did not make.
    AnswerWithoutCall = "answer-without-call", Line, Error, "answer a call of the assistant message before, once";
    /// A call is not answered although the conversation goes on.
    UnansweredCall = "unanswered-call", Line, Error, "add a tool message for the call right behind it";

    /// A message that is not the user's holds an image.
    ImageOutsideUser = "image-outside-user", Line, Error, "move the image into a user message";
    /// An image part has no address.
    MissingImageUrl = "missing-image-url", Line, Error, "write {\"type\":\"image_url\",\"image_url\":{\"url\":...}}";
    /// The detail of an image is not auto, low or high.
    WrongDetail = "wrong-detail", Line, Error, "use auto, low or high";
    /// Images by `http(s)` address are refused.
    RemoteImageRefused = "remote-image-refused", Line, Error, "put the image into the line as a data URL";
    /// The image is named by a path, which only the lines of an archive may do.
    PathImageRefused = "path-image-refused", Line, Error, "put the image into the line as a data URL";
    /// The path of an image leaves the archive or is not portable.
    UnsafeImagePath = "unsafe-image-path", Line, Error, "use a relative path with forward slashes inside the archive";
    /// The image of that path is not in the archive.
    ImageNotFound = "image-not-found", Line, Error, "add the image, or correct the path";
    /// The address is none that images can have.
    WrongImageUrl = "wrong-image-url", Line, Error, "use data:image/png;base64,... or an https address";
    /// The base64 of a data URL does not decode.
    WrongBase64 = "wrong-base64", Line, Error, "encode the image with standard base64 and padding";
    /// The format of the image is not accepted.
    ImageFormatRefused = "image-format-refused", Line, Error, "convert the image to a format that the service accepts";
    /// The data URL says another format than the image is in.
    ImageTypeMismatch = "image-type-mismatch", Line, Error, "name the media type that the image really has";
    /// The image file is larger than the service accepts.
    ImageTooLarge = "image-too-large", Line, Error, "make the image smaller and rescale the coordinates";
    /// The header of the image cannot be read.
    ImageUnreadable = "image-unreadable", Line, Error, "encode the image again";
    /// The image is not RGB or RGBA.
    ImageNotRgb = "image-not-rgb", Line, Error, "convert the image to RGB or RGBA";
    /// The example has more images than the service accepts.
    TooManyImages = "too-many-images", Line, Error, "show fewer images";

    /// A line for preferences has no `input` with messages.
    MissingInput = "missing-input", Line, Error, "write {\"input\":{\"messages\":[...]},\"preferred_output\":[...],\"non_preferred_output\":[...]}";
    /// An output of a line for preferences is not a list of one assistant message.
    WrongPreferenceOutput = "wrong-preference-output", Line, Error, "make it a list of exactly one assistant message";
    /// The better and the worse answer are the same.
    SameOutputs = "same-outputs", Teaching, Error, "give two different answers, or drop the line";
    /// The messages do not end with the user's, as a grader's questions and inputs for preferences must.
    LastNotUser = "last-not-user", Line, Error, "end the messages with the user's question; the answer stands elsewhere";
    /// Lines of this kind are trained on text alone.
    ImagesNotTrained = "images-not-trained", Line, Error, "leave the pictures out, or train from answers";

    /// The example is too long; its end, the answer, is cut off.
    TooManyTokens = "too-many-tokens", Teaching, Error, "shorten the texts or make the images smaller";
    /// The example may be too long: without exact counting this is not known.
    MaybeTooManyTokens = "maybe-too-many-tokens", Teaching, Warning, "count tokens exactly, or shorten the texts";
    /// The line has more findings than are listed.
    MoreFindings = "more-findings", Line, Info, "mend the listed ones first";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
