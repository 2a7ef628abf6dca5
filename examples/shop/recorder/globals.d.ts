/** What the capture script leaves in a frame, and what the recorder puts there. */
declare var codesightCapture: typeof capture;
declare var codesightRawEvent: ((event: { type: string; isTrusted: boolean; at: number; key?: string; isTarget: boolean }) => void) | undefined;
declare var countInput: () => void;
