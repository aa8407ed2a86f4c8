// Many people open pages at the same moment.

import { Client, newAccount } from "../fixtures/client.mjs";
import { expect, test } from "../fixtures/test.ts";

test.use({ demo: true });

const PEOPLE = 8;
const PAGES = 1600;
const AT_ONCE = 16;

test("every page is whole and of its own reader, however many are written at once", { tag: "@own-server" }, async ({ baseURL }) => {
  const people = await Promise.all(
    Array.from({ length: PEOPLE }, async (_, n) => {
      const client = await Client.signUp(baseURL!, { ...newAccount(), name: `reader-${n}-` });
      return { client, id: await client.createThread(`secret-${n}-`), n };
    }),
  );
  const waiting = Array.from({ length: PAGES }, (_, at) => ({ ...people[at % PEOPLE]!, isNew: at % (2 * PEOPLE) < PEOPLE }));
  const troubles: string[] = [];
  const open = async () => {
    for (let it = waiting.pop(); it; it = waiting.pop()) {
      const path = it.isNew ? "/chat" : `/chat/${it.id}`;
      const page = await fetch(`${baseURL}${path}`, { headers: { cookie: it.client.cookie, accept: "text/html" } });
      const html = await page.text();
      const title = html.match(/<title>(.*)<\/title>/)?.[1];
      const expected = `${it.isNew ? "New chat" : `secret-${it.n}-`} · Colloquy`;
      if (page.status !== 200 || !html.includes("</html>")) troubles.push(`${path} of ${it.n}: ${page.status}`);
      if (title !== expected) troubles.push(`${path} of ${it.n} is called ${title}`);
      const named = [...html.matchAll(/(?:reader|secret)-(\d)-/g)].map((found) => Number(found[1]));
      if (named.some((n) => n !== it.n)) troubles.push(`${path} of ${it.n} names ${[...new Set(named)]}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, open));
  expect(troubles).toEqual([]);
});
