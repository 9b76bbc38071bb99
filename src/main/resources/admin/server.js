// Asks the server; the session's cookie goes along by itself.

export class SignedOut extends Error {}

/** The answer as JSON; throws SignedOut without a session, else an error that says what the server did. */
export async function ask(path, options = {}) {
  const answer = await fetch(`/admin/${path}`, { credentials: "same-origin", cache: "no-store", ...options });
  if (answer.status === 401) {
    throw new SignedOut("Signed out");
  }
  const body = await answer.json();
  if (!answer.ok) {
    throw new Error(`${answer.status}: ${body.error}`);
  }
  return body;
}

/** True if the token is the right one; then there is a session. */
export async function signIn(token) {
  // No header can hold other characters, and so can no token.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    return false;
  }
  try {
    await ask("session", { method: "POST", headers: { Authorization: `Bearer ${token}` } });
    return true;
  } catch (failure) {
    if (failure instanceof SignedOut) {
      return false;
    }
    throw failure;
  }
}

export const signOut = () => ask("session", { method: "DELETE" });
