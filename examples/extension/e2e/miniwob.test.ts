import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { servePages } from '../test/pages-server.ts';
import { pause, until } from './harness.ts';
import { countMatched, doneByPerson, Person } from './person.ts';
import { isBrowserMissing, setStage } from './stage.ts';
import { findTasks, solutions } from './tasks.ts';
import { countResolved, installWitness } from './witness.ts';

const folder = findTasks();
const EPISODES = 2;
const stage = setStage({ settings: { captureProfile: 'events-only' } });
let tasks: { origin: string; close(): void };
beforeAll(async () => { if (folder) tasks = await servePages(pathToFileURL(`${folder}/`)); });
afterAll(() => tasks?.close());

test.skipIf(isBrowserMissing || !folder)('tasks of miniwob are recorded whole, and are done as well as without a recorder', async () => {
  const heard = await installWitness(stage.lab.context);
  const page = await stage.lab.context.newPage();
  const judge = await stage.lab.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${tasks.origin}/miniwob/click-test.html`);
  await stage.lab.start(page, 'Do small tasks');
  const person = new Person(page, 90);
  let solved = 0;
  for (const [task, solve] of Object.entries(solutions)) {
    await page.goto(`${tasks.origin}/miniwob/${task}.html`);
    // A task waits for ten seconds; a scripted person on a busy machine may need more.
    await page.evaluate('core.EPISODE_MAX_TIME = 600000');
    for (let episode = 0; episode < EPISODES; episode += 1) {
      await person.click(page.locator('#sync-task-cover'), 'start');
      await solve(person, await page.locator('#query').innerText());
      await until(() => page.evaluate('WOB_DONE_GLOBAL') as Promise<boolean>, `${task} ends`);
      if (((await page.evaluate('WOB_RAW_REWARD_GLOBAL')) as number) > 0) solved += 1;
      else console.log(`not solved: ${task}`);
    }
  }
  await pause(500);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  const recorded = doneByPerson(stage.server.interactions());
  const matched = countMatched(person.done, recorded);
  const { resolved } = await countResolved(judge, recorded, heard);
  const episodes = Object.keys(solutions).length * EPISODES;
  console.log(`FIGURE miniwob, ${Object.keys(solutions).length} tasks: ${solved} of ${episodes} episodes solved; ${matched} of ${person.done.length} actions recorded in order, ${resolved} with a selector that finds exactly its element`);
  expect(recorded.length).toBe(person.done.length);
  expect(matched).toBe(person.done.length);
  expect(resolved).toBe(person.done.length);
  expect(solved).toBe(episodes);
});
