import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FakeServer } from '../test/fake-server.ts';
import { servePages } from '../test/pages-server.ts';
import { chromiumPath, extensionId, Lab, until } from './harness.ts';
import { isBrowserMissing } from './stage.ts';

/** Policies lie in one folder for the whole machine. A view of it of its own leaves every other browser alone. */
const hasOwnView = !isBrowserMissing && process.getuid?.() === 0 && succeeds('unshare', ['--mount', 'true']);
if (!isBrowserMissing && !hasOwnView) console.log('SKIPPED: settings by policy, because only root with mount namespaces can lay a policy before one browser');

function succeeds(command: string, words: string[]): boolean {
  try {
    execFileSync(command, words, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

let folder: string | undefined;
afterAll(async () => { if (folder) await rm(folder, { recursive: true, force: true }); });

async function chromiumUnder(policy: object): Promise<string> {
  folder = await mkdtemp(join(tmpdir(), 'policy-'));
  await writeFile(join(folder, 'policy.json'), JSON.stringify({ '3rdparty': { extensions: { [extensionId]: policy } } }));
  const path = join(folder, 'chromium');
  const lay = `mkdir -p /etc/chromium && mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed && cp ${folder}/policy.json /etc/chromium/policies/managed/ && exec ${chromiumPath} "$@"`;
  await writeFile(path, `#!/bin/sh\nexec unshare --mount sh -c '${lay}' sh "$@"\n`);
  await chmod(path, 0o755);
  return path;
}

test.skipIf(!hasOwnView)('what an employer decided holds, and the person sees that it does', async () => {
  const [server, pages] = await Promise.all([FakeServer.start(), servePages()]);
  const note = 'Recorded for the checkout study of Example Ltd.';
  const executable = await chromiumUnder({ serverUrl: server.url, token: 'token-of-the-employer', captureProfile: 'events-only', deniedDomains: ['localhost'], consentNote: note });
  const lab = await Lab.open({ executable });
  try {
    // The person's own wishes, where the employer has decided, do not count; what they exclude does.
    await lab.set({ settings: { serverUrl: 'ws://127.0.0.1:1/own', token: 'own', captureProfile: 'normal', deniedDomains: ['bank.example'] } });
    await until(() => lab.control.evaluate(async () => 'serverUrl' in (await (globalThis as any).chrome.storage.managed.get(null))), 'the policy is read');
    await lab.control.reload();
    expect(await lab.control.getByLabel('Address').inputValue()).toBe(server.url);
    expect(await lab.control.getByLabel('Address').isDisabled()).toBe(true);
    expect(await lab.control.getByLabel('Actions only').isDisabled()).toBe(true);
    await lab.control.getByText('set by your organisation').waitFor();

    const consent = await lab.context.newPage();
    await consent.goto(`chrome-extension://${extensionId}/consent.html`);
    await consent.getByText(note).waitFor();
    await consent.close();

    await lab.consent();
    const page = await lab.context.newPage();
    await page.goto(`${pages.origin.replace('127.0.0.1', 'localhost')}/marker.html`);
    expect(await lab.ask('recorder.start', { tab: await lab.tabOf(page), goal: '' })).toMatchObject({ problem: expect.stringContaining('may not be recorded') });
    await page.goto(`${pages.origin}/marker.html`);
    await lab.start(page, 'Under a policy');
    await until(() => server.sessions.size === 1, 'the session is with the server of the employer');
    expect(server.session().start.capture?.name).toBe('events-only');
    await lab.stop();
    await until(() => server.session().sealed, 'the session is sealed');
  } finally {
    await lab.close();
    await server.stop();
    pages.close();
  }
});
