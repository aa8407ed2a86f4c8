// What stands in the composer: messages that wait, drafts, threads that take no more.

import type { Page } from "@playwright/test";

import { Client, newAccount } from "../fixtures/client.mjs";
import { ASK_MARKDOWN, ASK_SLOWLY, askForFailure } from "../fixtures/model.mjs";
import { chatPage } from "../fixtures/pages.ts";
import { expect, signIn, test } from "../fixtures/test.ts";
import { hold } from "../fixtures/widgets.ts";

const queued = (page: Page) => {
  const list = page.getByRole("region", { name: "Queued messages" });
  return {
    list,
    rows: list.getByRole("listitem"),
    queue: page.getByRole("button", { name: "Queue message" }),
    edit: (text: string) => list.getByRole("button", { name: `Edit queued message: ${text}` }),
    remove: (text: string) => list.getByRole("button", { name: `Remove queued message: ${text}` }),
    sendNow: (text: string) => list.getByRole("listitem").filter({ hasText: text }).getByRole("button", { name: "Send now" }),
  };
};

/** Begins a thread, and opens it in another tab. */
const inTwoTabs = async (page: Page, ready: (page: Page) => Promise<void>) => {
  const chat = chatPage(page);
  await chat.message.fill("Hello");
  await chat.send.click();
  await expect(chat.answers).toContainText("You said: Hello");
  const other = await page.context().newPage();
  await other.goto(page.url());
  await ready(other);
  return other;
};

test.describe("while an answer is written", () => {
  test("messages wait for its end, in their order", async ({ page, visit, scan, signedIn: _ }) => {
    await visit("/chat");
    const [chat, waiting] = [chatPage(page), queued(page)];

    // Ada asks, and has two more questions before the answer is there.
    const asking = await hold(page, "threads.create");
    await chat.message.fill(ASK_MARKDOWN);
    await chat.send.click();
    await expect(chat.stop).toBeVisible();
    await expect(waiting.queue).toBeHidden();
    await chat.message.fill("And lifetimes?");
    await expect(chat.stop).toBeVisible();
    await chat.message.press("Enter");
    await chat.message.fill("And traits?");
    await waiting.queue.click();
    await expect(waiting.rows).toHaveText([/And lifetimes\?/, /And traits\?/]);
    await expect(chat.message).toHaveValue("");
    await expect(chat.message).toBeFocused();
    await scan("messages that wait");
    asking.letGo();

    // They are asked one after the other.
    await expect(chat.answers).toHaveCount(3);
    await expect(chat.questions).toHaveText([/ownership/, /And lifetimes\?/, /And traits\?/]);
    await expect(chat.answers.last()).toContainText("You said: And traits?");
    await expect(waiting.list).toBeHidden();
  });

  test("what waits can be edited, removed and sent at once", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const [chat, waiting] = [chatPage(page), queued(page)];
    await chat.message.fill(ASK_SLOWLY);
    await chat.send.click();
    await expect(chat.answers).toContainText("number 2,");
    for (const text of ["First", "Second", "Third"]) {
      await chat.message.fill(text);
      await chat.message.press("Enter");
    }
    await expect(waiting.rows).toHaveCount(3);

    // Ada thinks better of one, and says another in other words.
    await waiting.remove("First").click();
    await waiting.edit("Second").click();
    await expect(chat.message).toHaveValue("Second");
    await expect(chat.message).toBeFocused();
    await chat.message.fill("Second, better");
    await chat.message.press("Enter");
    await expect(waiting.rows).toHaveText([/Third/, /Second, better/]);

    // The last one cannot wait: the answer is stopped for it, and the other one follows.
    await waiting.sendNow("Second, better").click();
    await expect(chat.stopped).toBeVisible();
    await expect(chat.questions).toHaveText([/Count slowly/, /Second, better/, /Third/]);
    await expect(chat.answers.last()).toContainText("You said: Third");
  });

  test("nothing is sent after a stop or a failure", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const [chat, waiting] = [chatPage(page), queued(page)];

    // Ada stops an answer: what waited is hers again, before what she is writing.
    await chat.message.fill(ASK_SLOWLY);
    await chat.send.click();
    await expect(chat.answers).toContainText("number 2,");
    await chat.message.fill("waited");
    await chat.message.press("Enter");
    await chat.message.fill("typed");
    await chat.stop.click();
    await expect(chat.stopped).toBeVisible();
    await expect(chat.message).toHaveValue("waited\ntyped");
    await expect(waiting.list).toBeHidden();
    await expect(chat.questions).toHaveCount(1);

    // The same goes for an answer that fails.
    const failing = await hold(page, "threads.add_user_message");
    await chat.message.fill(askForFailure(500));
    await chat.send.click();
    await chat.message.fill("waited again");
    await chat.message.press("Enter");
    await expect(waiting.rows).toHaveText([/waited again/]);
    failing.letGo();
    await expect(chat.alert.first()).toBeVisible();
    await expect(chat.message).toHaveValue("waited again");
    await expect(chat.questions).toHaveCount(2);
  });

  test("what waits stays with its thread", async ({ page, visit, signedIn: _ }) => {
    await visit("/chat");
    const [chat, waiting] = [chatPage(page), queued(page)];
    await chat.message.fill(ASK_SLOWLY);
    await chat.send.click();
    await expect(chat.chat(/Count slowly/)).toBeVisible();
    await chat.message.fill("later");
    await chat.message.press("Enter");
    await expect(waiting.rows).toHaveCount(1);

    // In another chat it does not show, and is not sent.
    await chat.newChat.click();
    await expect(chat.empty).toBeVisible();
    await expect(waiting.list).toBeHidden();
    await expect(chat.message).toHaveValue("");

    // Back there it still waits for the answer, which is still written.
    await chat.chat(/Count slowly/).click();
    await expect(waiting.rows).toHaveText([/later/]);
    await chat.stop.click();
    await expect(chat.message).toHaveValue("later");
  });

  test("what waits shows in two tabs, and is sent once", async ({ page, context, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await chat.message.fill(ASK_MARKDOWN);
    await chat.send.click();
    await expect(chat.chat(/ownership/)).toBeVisible();
    await chat.message.fill("And lifetimes?");
    await chat.message.press("Enter");
    const other = await context.newPage();
    await other.goto(page.url());
    await ready(other);

    // Whichever tab is first at the answer's end, the question is asked once, and both show its answer.
    for (const it of [chat, chatPage(other)]) {
      await expect(it.answers).toHaveCount(2);
      await expect(it.answers.last()).toContainText("You said: And lifetimes?");
      await expect(it.questions).toHaveText([/ownership/, /And lifetimes\?/]);
      await expect(it.message).toHaveValue("");
    }
  });
});

test.describe("a draft", () => {
  // Sessions end while a page is open.
  test.use({ expectedOnConsole: [/401 \(Unauthorized\)/] });

  test("outlives a reload, a closed tab and the session", async ({ page, context, visit, ready, client, signedIn }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await chat.message.fill("Hello");
    await chat.send.click();
    await expect(chat.answers).toContainText("You said: Hello");
    const thread = page.url();

    // Ada writes something in this chat, something else for a new one, and closes the tab.
    await chat.message.fill("to be continued");
    await chat.newChat.click();
    await expect(chat.message).toHaveValue("");
    await chat.message.fill("a new idea");
    const other = await context.newPage();
    await page.close();

    // Both are there in another tab.
    await other.goto(thread);
    await ready(other);
    await expect(chatPage(other).message).toHaveValue("to be continued");
    await other.reload();
    await ready(other);
    await expect(chatPage(other).message).toHaveValue("to be continued");
    await other.goto(`${signedIn.url}/chat`);
    await ready(other);
    await expect(chatPage(other).message).toHaveValue("a new idea");

    // Her session ends, and she signs in again: nothing is lost.
    await context.clearCookies();
    await other.reload();
    await expect(other).toHaveURL(/sign-in/);
    await signIn(context, client);
    await other.goto(thread);
    await ready(other);
    await expect(chatPage(other).message).toHaveValue("to be continued");
  });

  test("is nobody else's", async ({ page, context, visit, client, baseURL, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    await chat.message.fill("only Ada's business");

    // Her session ends; Bob signs in with the same browser and finds nothing of hers.
    const bob = await Client.signUp(baseURL!, newAccount());
    await context.clearCookies();
    await signIn(context, bob);
    await visit("/chat");
    await expect(chat.message).toHaveValue("");
    await chat.message.fill("Bob's");

    // She comes back, finds hers, and signs out: then it is gone, and his is not.
    await context.clearCookies();
    await signIn(context, client);
    await visit("/chat");
    await expect(chat.message).toHaveValue("only Ada's business");
    await chat.signOut();
    await expect(page).toHaveURL(/sign-in/);
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(kept).not.toContain("Ada's business");
    expect(kept).toContain("Bob's");
  });

  test("of one tab is never overwritten by another", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    const other = await inTwoTabs(page, ready);

    // What is written in one stands in the other, as long as nothing was written there.
    await chat.message.fill("written once");
    const there = chatPage(other).message;
    await expect(there).toHaveValue("written once");
    await there.press("End");
    await there.pressSequentially(", and gone on with");
    await expect(chat.message).toHaveValue("written once");
    await chat.message.fill("something else");
    await expect(there).toHaveValue("written once, and gone on with");

    // Both outlive a reload, each in its tab.
    for (const [tab, text] of [[page, "something else"], [other, "written once, and gone on with"]] as const) {
      await tab.reload();
      await ready(tab);
      await expect(chatPage(tab).message).toHaveValue(text);
    }

    // One is sent; the other one is still there, also in a tab that is opened later.
    await there.press("Enter");
    await expect(there).toHaveValue("");
    await expect(chat.answers.last()).toContainText("You said: written once, and gone on with");
    await expect(chat.message).toHaveValue("something else");
    const later = await page.context().newPage();
    await later.goto(page.url());
    await ready(later);
    await expect(chatPage(later).message).toHaveValue("something else");

    // What was cleared was touched as well.
    await chat.message.fill("");
    await chatPage(later).message.fill("elsewhere");
    await expect(chatPage(other).message).toHaveValue("elsewhere");
    await expect(chat.message).toHaveValue("");
    await expect(chat.questions).toHaveCount(2);
  });

  test("of another tab is sent once", async ({ page, visit, ready, signedIn: _ }) => {
    await visit("/chat");
    const chat = chatPage(page);
    const other = await inTwoTabs(page, ready);
    const there = chatPage(other);

    // What was written in one tab is sent in the other: it does not come back there, nor in a third one.
    await chat.message.fill("said in either");
    await expect(there.message).toHaveValue("said in either");
    await there.message.press("Enter");
    await expect(there.answers.last()).toContainText("You said: said in either");
    await expect(there.message).toHaveValue("");
    await other.reload();
    await ready(other);
    await expect(there.message).toHaveValue("");
    await expect(there.questions).toHaveText([/Hello/, /said in either/]);
    await expect(chat.message).toHaveValue("said in either");
  });
});
