// The user's data, passwords, mails.

import { flow, one } from "./table.mjs";

const NEW = "a quite different battery";
const post = (/** @type {string} */ path) => (/** @type {object} */ json, who = "ada") =>
  one(`${path.slice(1)}: ${JSON.stringify(json).replace(/x{100,}/, (it) => `${it.length} x`)}`, who, { path, json });
const EVIL = "https://evil.example";

/** The link of the next mail to somebody. */
const mail = (/** @type {import("../side.mjs").Side} */ side, /** @type {string} */ to) => side.server.mailbox.next(to);
/** Lets somebody verify their email. */
async function verify(/** @type {import("../side.mjs").Side} */ side, /** @type {import("../side.mjs").Actor} */ ada) {
  await side.exchange({ path: "/send-verification-email", json: { email: ada.email } }, ada);
  await side.open(await mail(side, ada.email), ada);
}

export default [
  ...[
    {}, { name: "Countess" }, { name: "" }, { name: null }, { name: 123 }, { image: null }, { image: "x" }, { image: 7 },
    { email: "eve@example.com" }, { email: "" }, { email: null }, { emailVerified: true }, { role: "admin" }, { id: "x" },
    { name: "Ada", role: "admin" }, { name: "Ada", email: "eve@example.com" }, { createdAt: "2000-01-01T00:00:00.000Z" },
  ].map((json) => post("/update-user")(json, "new")),
  flow("update-user: what get-session shows then", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/update-user", json: { name: "Countess \u{1F600}", image: "https://example.com/a.png" } }, ada);
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/update-user", json: { image: null } }, ada);
    await side.send({ path: "/get-session" }, ada);
  }),

  ...[
    { currentPassword: "wrong", newPassword: NEW }, { currentPassword: "correct horse battery", newPassword: "short" },
    { currentPassword: "correct horse battery", newPassword: "x".repeat(129) }, { newPassword: NEW },
    { currentPassword: "correct horse battery", newPassword: NEW, revokeOtherSessions: "yes" },
    { currentPassword: "correct horse battery", newPassword: NEW },
    { currentPassword: "correct horse battery", newPassword: NEW, revokeOtherSessions: true },
    { currentPassword: "correct horse battery", newPassword: "correct horse battery" },
  ].map((json) => post("/change-password")(json, "new")),
  ...[{ password: "correct horse battery" }, { password: "wrong" }, { password: "" }, { password: 1 }, {}].map((json) =>
    post("/verify-password")(json),
  ),
  flow("change-password: what happens to the sessions", async (side) => {
    const ada = await side.actor("new");
    const phone = await side.signIn(ada);
    const json = { currentPassword: ada.password, newPassword: NEW, revokeOtherSessions: true };
    await side.send({ path: "/change-password", json }, ada);
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/get-session" }, phone);
    await side.send({ path: "/sign-in/email", json: { email: ada.email, password: ada.password } });
    await side.send({ path: "/sign-in/email", json: { email: ada.email, password: NEW } });
  }),

  ...[
    { email: "nobody@example.com", redirectTo: "/reset" }, { email: "nobody@example.com", redirectTo: EVIL },
    { email: "nobody@example.com", redirectTo: "//evil.example" }, { email: "nobody@example.com", redirectTo: 7 },
    { email: "nobody@example.com", redirectTo: "https://app.example/reset" }, { email: "nobody" }, { email: null },
  ].map((json) => post("/request-password-reset")(json, "nobody")),
  ...["/reset", "https://app.example/reset?x=1", undefined].map((redirectTo) =>
    flow(`reset-password: by mail, to ${redirectTo}`, async (side) => {
      const ada = await side.actor("new");
      await side.send({ path: "/request-password-reset", json: { email: ada.email.toUpperCase(), redirectTo } });
      const link = await mail(side, ada.email);
      await side.open(link);
      const [, token] = /reset-password\/(\w+)/.exec(link) ?? [];
      await side.send({ path: "/reset-password", json: { newPassword: "short", token } });
      await side.send({ path: `/reset-password?token=${token}`, json: { newPassword: NEW } });
      await side.send({ path: "/reset-password", json: { newPassword: NEW, token } });
      await side.open(link);
      await side.send({ path: "/get-session" }, ada);
      await side.send({ path: "/sign-in/email", json: { email: ada.email, password: NEW } });
    }),
  ),
  flow("reset-password: revokes the sessions by setting", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/request-password-reset", json: { email: ada.email } });
    const [, token] = /reset-password\/(\w+)/.exec(await mail(side, ada.email)) ?? [];
    await side.send({ path: "/reset-password", json: { newPassword: NEW, token } });
    await side.send({ path: "/get-session" }, ada);
  }, "hasty"),
  ...["", "?callbackURL=", "?callbackURL=%2Fa%3Fb%3Dc", `?callbackURL=${EVIL}`, "?callbackURL=%2F%2Fevil.example", "?callbackURL=https%3A%2F%2Fapp.example%2Fx"].map((query) =>
    one(`reset-password/x${query}`, "nobody", { path: `/reset-password/x${query}` }),
  ),
  ...[{ newPassword: "short" }, { newPassword: NEW }, { newPassword: NEW, token: "" }, { newPassword: NEW, token: 7 }, { newPassword: "x".repeat(129), token: "x" }].map(
    (json) => post("/reset-password")(json, "nobody"),
  ),

  ...["", "?token=", "?token=x&callbackURL=%2Fa", "?token=x&callbackURL=%2Fa%3Fb%3Dc", `?token=x&callbackURL=${EVIL}`, "?token=a.b.c", "?callbackURL=%2F"].map((query) =>
    one(`verify-email${query}`, "nobody", { path: `/verify-email${query}` }),
  ),
  ...[{ email: "nobody@example.com" }, { email: "nobody" }, { email: "nobody@example.com", callbackURL: EVIL }, {}].flatMap((json) => [
    post("/send-verification-email")(json),
  ]),
  flow("verify-email: by mail", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/send-verification-email", json: { email: ada.email.toUpperCase(), callbackURL: "/welcome?a=b" } }, ada);
    const link = await mail(side, ada.email);
    await side.open(link);
    await side.open(link, ada);
    await side.open(link.replace(/&callbackURL.*/, ""), ada);
    await side.send({ path: "/get-session" }, ada);
    await side.send({ path: "/send-verification-email", json: { email: ada.email } }, ada);
    await side.send({ path: "/send-verification-email", json: { email: ada.email } });
  }),
  flow("verify-email: of somebody who is gone", async (side) => {
    const ada = await side.actor("new");
    await side.exchange({ path: "/send-verification-email", json: { email: ada.email } }, ada);
    const link = await mail(side, ada.email);
    await side.send({ path: "/delete-user", json: { password: ada.password } }, ada);
    await side.open(link);
    await side.open(link.replace(/&callbackURL.*/, ""));
  }),
  flow("verification required: the way in", async (side) => {
    const email = side.newEmail();
    const account = { name: "Ada", email, password: "correct horse battery" };
    await side.send({ path: "/sign-up/email", json: { ...account, callbackURL: "/in?a=b" } });
    await side.send({ path: "/sign-in/email", json: account });
    await side.open(await mail(side, email));
    await side.send({ path: "/sign-in/email", json: account });
  }, "strict"),

  ...[{ newEmail: "x" }, { newEmail: null }, {}, { newEmail: "a@b.de", callbackURL: EVIL }].map((json) => post("/change-email")(json)),
  flow("change-email: the same, a taken one", async (side) => {
    const ada = await side.actor("new");
    const eve = await side.actor("eve");
    for (const newEmail of [ada.email, ada.email.toUpperCase(), eve.email]) {
      await side.send({ path: "/change-email", json: { newEmail } }, ada);
    }
  }),
  flow("change-email: verified, by two mails", async (side) => {
    const ada = await side.actor("new");
    await verify(side, ada);
    const newEmail = side.newEmail();
    await side.send({ path: "/change-email", json: { newEmail, callbackURL: "/account" } }, ada);
    await side.open(await mail(side, ada.email), ada);
    const second = await mail(side, newEmail);
    await side.open(second, await side.actor("eve"));
    await side.open(second, ada);
    await side.open(second, ada);
    await side.send({ path: "/get-session" }, ada);
  }),
  flow("change-email: not verified, by one mail, without a page", async (side) => {
    const ada = await side.actor("new");
    const newEmail = side.newEmail();
    await side.send({ path: "/change-email", json: { newEmail } }, ada);
    const link = await mail(side, newEmail);
    await side.open(link.replace(/&callbackURL.*/, ""), ada);
    await side.send({ path: "/get-session" }, ada);
  }),
  one("change-email: turned off", "ada", { path: "/change-email", json: { newEmail: "a@b.de" } }, "closed-in"),

  ...[{ password: "wrong" }, { password: "correct horse battery" }, {}, { token: "x" }, { token: "x", password: "wrong" }, { callbackURL: "/bye" }, { callbackURL: EVIL }, { password: 1 }].map(
    (json) => post("/delete-user")(json, "new"),
  ),
  one("delete-user: turned off", "ada", { path: "/delete-user", json: {} }, "closed-in"),
  one("delete-user/callback: turned off", "ada", { path: "/delete-user/callback?token=x" }, "closed-in"),
  flow("delete-user: by mail", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/delete-user", json: { password: "wrong" } }, ada);
    await side.send({ path: "/delete-user", json: { callbackURL: "/bye?a=b" } }, ada);
    const link = await mail(side, ada.email);
    await side.open(link);
    await side.open(link, ada);
    await side.send({ path: "/get-session" }, ada);
  }, "careful"),
  flow("delete-user: by mail, as JSON", async (side) => {
    const ada = await side.actor("new");
    await side.send({ path: "/delete-user", json: {} }, ada);
    const link = await mail(side, ada.email);
    await side.open(link.replace(/&callbackURL.*/, ""), ada);
  }, "careful"),
  flow("delete-user: the token of somebody else", async (side) => {
    const ada = await side.actor("new");
    const eve = await side.actor("eve");
    await side.exchange({ path: "/delete-user", json: {} }, ada);
    const token = new URL(await mail(side, ada.email)).searchParams.get("token");
    await side.send({ path: "/delete-user", json: { token } }, eve);
    await side.exchange({ path: "/delete-user", json: {} }, ada);
    const second = new URL(await mail(side, ada.email)).searchParams.get("token");
    await side.send({ path: `/delete-user/callback?token=${second}&callbackURL=${EVIL}` }, ada);
    await side.send({ path: "/delete-user", json: { token: second } }, ada);
  }, "careful"),

  one("list-accounts", "new", { path: "/list-accounts" }),
  flow("unlink-account: the last, unknown, foreign", async (side) => {
    const ada = await side.actor("new");
    const [{ id }] = JSON.parse((await side.exchange({ path: "/list-accounts" }, ada)).text);
    for (const accountId of [id, "x", ""]) await side.send({ path: "/unlink-account", json: { accountId } }, ada);
    await side.send({ path: "/unlink-account", json: { providerId: "credential" } }, ada);
  }),
];
