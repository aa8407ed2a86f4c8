// The options of the real Better Auth server, from the settings that Colloquy takes: one set of names for both.

import { bearer, jwt } from "better-auth/plugins";
import { SignJWT } from "jose";

/**
 * @typedef {Record<string, string | undefined>} Settings as environment variables
 * @typedef {{ kind: string, to: string, url: string, token: string }} Mail
 */

/**
 * What `betterAuth` is called with.
 * @param {Settings} settings
 * @param {unknown} database what Kysely's adapter takes: a pool of `pg`, or a database of `better-sqlite3`
 * @param {string} baseURL where the server listens
 * @param {Mail[]} mailbox where mails go
 */
export function optionsOf(settings, database, baseURL, mailbox = []) {
  const on = (/** @type {string} */ name, /** @type {boolean} */ otherwise) =>
    settings[name] === undefined ? otherwise : settings[name] === "on";
  const keep = (/** @type {string} */ kind) => async (/** @type {any} */ it) => {
    mailbox.push({ kind, to: it.user.email, url: it.url, token: it.token });
  };
  const requireEmailVerification = on("REQUIRE_EMAIL_VERIFICATION", false);
  const bearerKind = settings.BEARER ?? "on";
  return {
    appName: "Better Auth",
    baseURL,
    secret: settings.BETTER_AUTH_SECRET,
    database,
    telemetry: { enabled: false },
    logger: { level: settings.LOG_LEVEL ?? "error" },
    trustedOrigins: (settings.BETTER_AUTH_TRUSTED_ORIGINS ?? "").split(",").filter(Boolean),
    emailAndPassword: {
      enabled: true,
      disableSignUp: settings.SIGN_UP === "closed",
      autoSignIn: on("AUTO_SIGN_IN", true),
      requireEmailVerification,
      sendResetPassword: keep("reset-password"),
      revokeSessionsOnPasswordReset: on("REVOKE_SESSIONS_ON_PASSWORD_RESET", false),
    },
    emailVerification: {
      sendVerificationEmail: keep("verify-email"),
      sendOnSignUp: on("SEND_ON_SIGN_UP", requireEmailVerification),
    },
    user: {
      changeEmail: { enabled: on("CHANGE_EMAIL", true), sendChangeEmailConfirmation: keep("change-email") },
      deleteUser: {
        enabled: on("DELETE_USER", true),
        ...(on("DELETE_USER_VERIFICATION", false) ? { sendDeleteAccountVerification: keep("delete-user") } : {}),
      },
    },
    session: {
      ...option("expiresIn", settings.SESSION_EXPIRES_IN),
      ...option("updateAge", settings.SESSION_UPDATE_AGE),
      ...option("freshAge", settings.SESSION_FRESH_AGE),
    },
    rateLimit: { enabled: on("RATE_LIMIT", true), storage: settings.RATE_LIMIT_STORAGE ?? "memory" },
    plugins: [
      jwt(jwtOptions(settings, baseURL)),
      ...(bearerKind === "off" ? [] : [bearer({ requireSignature: bearerKind === "signed" })]),
    ],
  };
}

/**
 * Better Auth has no HS256 for `/token`: a signer of one's own does it, and turns its `/jwks` off.
 * @param {Settings} settings
 * @param {string} baseURL
 * @returns {import("better-auth/plugins").JwtOptions}
 */
function jwtOptions(settings, baseURL) {
  const alg = /** @type {"EdDSA" | "ES256" | "RS256" | "HS256"} */ (settings.JWT_ALGORITHM ?? "EdDSA");
  const common = {
    ...(settings.JWT_ISSUER ? { issuer: settings.JWT_ISSUER } : {}),
    ...(settings.JWT_AUDIENCE ? { audience: settings.JWT_AUDIENCE } : {}),
    ...(settings.JWT_EXPIRES_IN ? { expirationTime: settings.JWT_EXPIRES_IN } : {}),
  };
  if (alg !== "HS256") return { jwks: { keyPairConfig: { alg } }, jwt: common };
  const secret = new TextEncoder().encode(settings.JWT_SECRET ?? settings.BETTER_AUTH_SECRET);
  return {
    jwks: { remoteUrl: `${baseURL}/elsewhere`, keyPairConfig: { alg: "ES256" } },
    jwt: {
      expirationTime: "7d",
      ...common,
      sign: (/** @type {any} */ payload) => {
        const { aud, ...claims } = payload;
        return new SignJWT(settings.JWT_AUDIENCE ? { ...claims, aud } : claims)
          .setProtectedHeader({ alg: "HS256", typ: "JWT" })
          .sign(secret);
      },
    },
  };
}

/** An option in seconds, where the setting is set. */
const option = (/** @type {string} */ name, /** @type {string | undefined} */ setting) =>
  setting === undefined ? {} : { [name]: seconds(setting) };

const UNITS_S = /** @type {Record<string, number>} */ ({ s: 1, m: 60, h: 3600, d: 86_400 });

/** Seconds of a duration: `90`, `10s`, `15m`, `12h`, `7d`. */
function seconds(/** @type {string} */ duration) {
  const [, number, unit] = /^(\d+)([smhd]?)$/.exec(duration) ?? [];
  if (number === undefined) throw new Error(`no duration: ${duration}`);
  return Number(number) * (UNITS_S[unit || "s"] ?? 1);
}
