import { browser } from 'wxt/browser';
import type { FrameFormat } from '../frames/paint.ts';

/** How pictures are taken. `webp` is `normal` for uplinks that carry nothing larger; it costs the archive twice the room. */
export const captureProfiles = ['normal', 'high-fidelity', 'webp', 'events-only'] as const;
export type CaptureProfile = (typeof captureProfiles)[number];

export interface Settings {
  serverUrl: string;
  token: string;
  captureProfile: CaptureProfile;
  frameFormat: Exclude<FrameFormat, 'webp'>;
  audio: boolean;
  allowedDomains: string[];
  deniedDomains: string[];
  /** The most the outbox may hold, in megabytes. */
  outboxMegabytes: number;
  consentNote: string;
}

export const defaultSettings: Settings = {
  serverUrl: 'ws://127.0.0.1:8787/v1/stream', token: '', captureProfile: 'normal', frameFormat: 'png', audio: false,
  allowedDomains: [], deniedDomains: [], outboxMegabytes: 300, consentNote: '',
};

/** What the employer decided; the person cannot change it. */
export async function managedSettings(): Promise<Partial<Settings>> {
  try {
    return (await browser.storage.managed.get(null)) as Partial<Settings>;
  } catch {
    // Browsers without any policy refuse to answer.
    return {};
  }
}

export async function readSettings(): Promise<Settings> {
  const { settings = {} } = await browser.storage.local.get<{ settings?: Partial<Settings> }>('settings');
  const managed = await managedSettings();
  return {
    ...defaultSettings, ...settings, ...managed,
    // Denied by one of the two is denied.
    deniedDomains: [...new Set([...(settings.deniedDomains ?? []), ...(managed.deniedDomains ?? [])])],
  };
}

export async function writeSettings(settings: Partial<Settings>): Promise<void> {
  const { settings: before = {} } = await browser.storage.local.get<{ settings?: Partial<Settings> }>('settings');
  await browser.storage.local.set({ settings: { ...before, ...settings } });
}

/** The format of a recording's pictures, while nothing strains. */
export const formatOf = (profile: string | null | undefined, { frameFormat }: Settings): FrameFormat => (profile === 'webp' ? 'webp' : frameFormat);
