// A form that is sent with the answer of a passkey: what to ask it for comes from the server, one question for one answer.
import { guarded } from "./dom";

interface Question {
  publicKey: { challenge: string; user?: { id: string }; excludeCredentials?: { id: string }[]; allowCredentials?: { id: string }[] };
  ticket: string;
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function words(buffer: ArrayBuffer | null): string | undefined {
  if (!buffer) return undefined;
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function known(list: { id: string }[] | undefined): PublicKeyCredentialDescriptor[] {
  return (list ?? []).map(({ id }) => ({ id: bytes(id), type: "public-key" }));
}

/** Make a new passkey, or have one sign; which of them the question tells. */
async function answer({ publicKey }: Question): Promise<Record<string, unknown>> {
  const asked = { ...publicKey, challenge: bytes(publicKey.challenge) };
  const found = (
    publicKey.user
      ? await navigator.credentials.create({
          publicKey: { ...asked, user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: known(publicKey.excludeCredentials) } as unknown as PublicKeyCredentialCreationOptions,
        })
      : await navigator.credentials.get({ publicKey: { ...asked, allowCredentials: known(publicKey.allowCredentials) } })
  ) as PublicKeyCredential | null;
  if (!found) throw new Error("no passkey");
  return { id: found.id, rawId: words(found.rawId), type: found.type, response: parts(found.response), clientExtensionResults: {} };
}

function parts(given: AuthenticatorResponse): Record<string, unknown> {
  const clientDataJSON = words(given.clientDataJSON);
  if (given instanceof AuthenticatorAttestationResponse) {
    return { clientDataJSON, attestationObject: words(given.attestationObject), transports: given.getTransports?.() ?? [] };
  }
  const { authenticatorData, signature, userHandle } = given as AuthenticatorAssertionResponse;
  return { clientDataJSON, authenticatorData: words(authenticatorData), signature: words(signature), userHandle: words(userHandle) };
}

/** Show the form where the browser has passkeys, and send it with the answer of one. */
export function setUp(element: HTMLElement): void {
  const form = element as HTMLFormElement;
  if (!window.PublicKeyCredential || !window.isSecureContext) return;
  const failed = form.querySelector<HTMLElement>("[role='alert']");
  const button = form.querySelector<HTMLButtonElement>("button");
  const remember = document.querySelector<HTMLInputElement>("input[name='remember']");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button) button.disabled = true;
    if (failed) failed.hidden = true;
    void fetch(form.dataset.passkey ?? "", { method: "POST", headers: guarded() })
      .then((response) => (response.ok ? (response.json() as Promise<Question>) : Promise.reject(new Error(String(response.status)))))
      .then(async (question) => {
        const sent = await answer(question);
        const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
        field("ticket").value = question.ticket;
        field("credential").value = JSON.stringify(sent);
        if (remember?.checked) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "remember", value: "1" }));
        form.submit();
      })
      .catch(() => {
        if (button) button.disabled = false;
        if (!failed) return;
        failed.textContent = form.dataset.failed ?? "";
        failed.hidden = false;
      });
  });
}
