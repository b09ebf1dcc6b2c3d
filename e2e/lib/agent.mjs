// The agent behind a client: it calls tools and reads the answers.
import assert from 'node:assert/strict';

/** text is what an agent reads of a result. */
export const text = (result) => result.content.map((part) => part.text ?? '').join('\n');

/** agent calls tools through a client. */
export function agent(client) {
  const call = (tool, given) => client.callTool({ name: tool, arguments: given });
  return {
    /** does expects the call to succeed and returns its structured content. */
    async does(tool, given = {}) {
      const result = await call(tool, given);
      assert.ok(!result.isError, text(result));
      return result.structuredContent;
    },
    /** isRefused expects the call to fail with a code. */
    async isRefused(tool, given, code) {
      const result = await call(tool, given);
      assert.ok(result.isError, `not refused: ${text(result)}`);
      assert.ok(text(result).startsWith(`[${code}] `), `no [${code}]: ${text(result)}`);
    },
    /** reads returns the text of the answer, also of an error. */
    reads: async (tool, given = {}) => text(await call(tool, given)),
  };
}

/** person is the operator behind a client: `says` is the action that answers questions, `asked` the questions so far. */
export function person(says) {
  const someone = { says, asked: [] };
  someone.answer = async ({ params }) => {
    someone.asked.push(params.message);
    return { action: someone.says };
  };
  return someone;
}
