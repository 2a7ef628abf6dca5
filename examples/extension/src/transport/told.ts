import type { NoticeLevel } from '../protocol.ts';

/** What a person is told of the link to the server: what happened, what became of the recording, what to do. */
export interface Told {
  code: string;
  level: NoticeLevel;
  message: string;
}

export const serverMissing: Told = { code: 'server-missing', level: 'warning', message: 'No server is set. Open the options and enter its address; until then everything is kept here.' };
export const serverAddress: Told = { code: 'server-address', level: 'error', message: 'The server address is not usable. Open the options and correct it; nothing recorded is lost.' };
export const serverNonsense: Told = { code: 'server-nonsense', level: 'error', message: 'The server answers with something that is not CodeSight. Check its address in the options; nothing recorded is lost.' };
export const serverAway: Told = { code: 'server-away', level: 'warning', message: 'The server does not answer. Go on working: everything is kept here and sent when it is back.' };
export const serverLost: Told = { code: 'server-lost', level: 'error', message: 'The server lost actions it had confirmed. They are marked as missing; tell the people who run it.' };
export const continued: Told = { code: 'continued', level: 'info', message: 'The server had closed the recording after hearing nothing for long. What came after it goes on as a second one; nothing is lost.' };

export const unusable = (what: 'frame' | 'action', code: string): Told => ({ code: 'rejected', level: 'warning', message: `The server could not use one ${what} (${code}). The recording goes on.` });

/** What is over once the server answers as it should. */
export const settledByAnswer = ['server-away', 'server-refused', 'server-nonsense', 'server-missing', 'server-address'];

const refusals: { [code: string]: string } = {
  unauthenticated: 'The server refused the token. Open the options and enter a good one; what was recorded is kept here.',
  'unsupported-protocol': 'The server speaks another version of the protocol. Update the recorder or the server; what was recorded is kept here.',
  'consent-missing': 'The server did not accept the consent. Open the consent page and choose at least one purpose.',
  'stale-epoch': 'Another recorder has taken this session over. Press “Try again” to take it back.',
};

export const refused = (code: string): Told => ({ code: 'server-refused', level: 'error', message: refusals[code] ?? `The server closed the connection (${code}). What was recorded is kept here.` });
