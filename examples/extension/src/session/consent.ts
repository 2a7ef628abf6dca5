import { browser } from 'wxt/browser';
import type { SessionConsent } from '../protocol.ts';

export const consentTextVersion = '2026-11';

export interface Purpose {
  key: string;
  title: string;
  text: string;
  isOptional: boolean;
}

export const purposes: Purpose[] = [
  { key: 'training', title: 'Training', text: 'The recording may be used to train and test models of the team that invited you.', isOptional: false },
  { key: 'research', title: 'Research', text: 'The team may study how people shop, for example which steps take long.', isOptional: true },
  { key: 'sharing', title: 'Sharing', text: 'The team may pass the masked recording on to others, for example as a public data set.', isOptional: true },
];

export async function readConsent(): Promise<SessionConsent | undefined> {
  const { consent } = await browser.storage.local.get<{ consent?: SessionConsent }>('consent');
  return consent?.textVersion === consentTextVersion ? consent : undefined;
}

/** Global Privacy Control is an answer already given: what it opts out of is not asked again. */
export const hasPrivacyControl = (): boolean => (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true;

export async function giveConsent(chosen: string[], shownText: string): Promise<void> {
  const globalPrivacyControl = hasPrivacyControl();
  const bytes = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(shownText));
  const { subject = `subject-${crypto.randomUUID()}` } = await browser.storage.local.get<{ subject?: string }>('subject');
  const consent: SessionConsent = {
    subject, textVersion: consentTextVersion, givenAt: Date.now(), globalPrivacyControl,
    purposes: chosen.filter((key) => !(globalPrivacyControl && key === 'sharing')),
    evidenceHash: [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
  await browser.storage.local.set({ consent, subject });
}

/**
 * Taken back here at once; the server is told as soon as it can be reached. It refuses the old name for good, so whoever
 * agrees again does so under a new one.
 */
export async function withdrawConsent(): Promise<void> {
  const { subject, withdrawals = [] } = await browser.storage.local.get<{ subject?: string; withdrawals?: string[] }>(['subject', 'withdrawals']);
  if (subject) await browser.storage.local.set({ withdrawals: [...withdrawals, subject] });
  await browser.storage.local.remove(['consent', 'subject']);
}
