import { expect } from 'vitest';
import type { InteractionData } from '../src/protocol.ts';
import { pause, until } from './harness.ts';
import { countMatched, type Done, doneByPerson, Person, shopAround } from './person.ts';
import { browserTest, setStage } from './stage.ts';
import { countResolved, installWitness } from './witness.ts';

const stage = setStage({ settings: { captureProfile: 'events-only' } });

async function record(build: string, paymentOrigin: string): Promise<{ done: Done[]; recorded: InteractionData[] }> {
  const page = await stage.lab.context.newPage();
  page.setDefaultTimeout(60_000);
  await page.goto(`${stage.shop.origin}/index.html?build=${build}&payment-origin=${paymentOrigin}`);
  await page.evaluate(() => { sessionStorage.clear(); localStorage.removeItem('cart'); });
  await page.reload();
  await stage.lab.start(page);
  await pause(500);
  const person = new Person(page, 90);
  await shopAround(person);
  await pause(500);
  await stage.lab.stop();
  await until(() => stage.server.session().sealed, 'the session is sealed');
  await page.close();
  return { done: person.done, recorded: doneByPerson(stage.server.interactions()) };
}

browserTest('every action is recorded once, in order, with a selector that finds its element', async () => {
  const heard = await installWitness(stage.lab.context);
  const page = await stage.lab.context.newPage();
  const total = { done: 0, matched: 0, resolved: 0, hidden: 0 };
  for (const [build, origin] of [['a', stage.shop.origin], ['b', stage.payment.origin]] as const) {
    const { done, recorded } = await record(build, origin);
    total.done += done.length;
    total.matched += countMatched(done, recorded);
    expect(recorded.length).toBe(done.length);
    const { resolved, hidden } = await countResolved(page, recorded, heard);
    total.resolved += resolved;
    total.hidden += hidden;
  }
  console.log(`FIGURE completeness: ${total.matched} of ${total.done} actions recorded in order; ${total.resolved} with a selector that finds exactly its element (${total.hidden} of them in closed roots, where only the recorder can look)`);
  expect(total.matched).toBe(total.done);
  expect(total.resolved).toBe(total.done);
  expect(stage.server.violations).toEqual([]);
});

browserTest('nothing is lost while the worker is killed every five seconds and the network is cut twice', async () => {
  let kills = 0;
  let isOver = false;
  const trouble = async () => {
    for (let second = 1; !isOver && second < 600; second += 1) {
      await pause(1_000);
      if (second % 5 === 0 && (await stage.lab.killWorker())) kills += 1;
      if (second === 12 || second === 27) stage.server.cut();
    }
  };
  const troubles = trouble();
  const { done, recorded } = await record('a', stage.payment.origin);
  isOver = true;
  await troubles;
  const matched = countMatched(done, recorded);
  console.log(`FIGURE worker killed ${kills} times, network cut twice: ${matched} of ${done.length} actions recorded in order, ${done.length - matched} lost, ${stage.server.connections} connections`);
  expect(recorded.length).toBe(done.length);
  expect(matched).toBe(done.length);
  expect(stage.server.violations).toEqual([]);
});
