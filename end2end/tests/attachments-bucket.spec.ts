// Files that a ChatKit server has sent to a bucket of another origin.

import { startWithBucket } from "../fixtures/bucket.mjs";
import { Client, newAccount } from "../fixtures/client.mjs";
import { NOTES, choose, files } from "../fixtures/files.ts";
import { expect, signIn, test } from "../fixtures/test.ts";

// Our own pages may ask no bucket; a page that uses the client says by its own policy which.
test.use({ demo: true, bypassCSP: true });

test("a bucket gets the bytes and what the server says, and no token", { tag: "@own-server" }, async ({ page, server, context, ready }) => {
  const kept = await startWithBucket(server.url);
  const ada = await Client.signUp(server.url, newAccount());
  await signIn(context, new Client(kept.url, ada.cookie, ada.userId, ada.token));
  await page.goto(`${kept.url}/chat`);
  await ready();

  await choose(page, [NOTES]);
  await expect(files(page).status("1 file is attached.")).toBeAttached();
  await expect(files(page).progress(NOTES.name)).toHaveCount(0);

  expect(kept.uploads).toHaveLength(1);
  const [upload] = kept.uploads;
  expect([upload?.method, upload?.body, upload?.headers["x-bucket"]]).toEqual(["PUT", NOTES.buffer.toString(), "yes"]);
  // The bucket is a stranger: neither who asks, nor the cookie of the page.
  expect(upload?.headers.authorization).toBeUndefined();
  expect(upload?.headers.cookie).toBeUndefined();
  // Without its server the page would say so on the console.
  await page.close();
  await kept.stop();
});
