// A 2026-07-28 client without a library, which can do what an honest one never does.
import assert from 'node:assert/strict';
import { text } from './agent.mjs';

const protocol = '2026-07-28';

/** wire calls tools of the server at a URL. `sent` are members of the request's params besides. */
export function wire(url, elicitation = { form: {} }) {
  return async (tool, given, sent = {}) => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': protocol,
      'io.modelcontextprotocol/clientInfo': { name: 'wire', version: '1' },
      'io.modelcontextprotocol/clientCapabilities': { elicitation },
    };
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json', Accept: 'application/json, text/event-stream',
        'Mcp-Protocol-Version': protocol, 'Mcp-Method': 'tools/call', 'Mcp-Name': tool,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: given, ...sent, _meta } }),
    });
    const answer = JSON.parse((await response.text()).replace(/^[^{]*/, ''));
    assert.ok(answer.result, JSON.stringify(answer));
    return answer.result;
  };
}

/** asks expects a question and returns the state that it carries. */
export function asks(result) {
  assert.equal(result.resultType, 'input_required', JSON.stringify(result));
  assert.equal(result.inputRequests.confirm.method, 'elicitation/create');
  return result.requestState;
}

/** says expects an answer that starts so. */
export function says(result, start) {
  assert.notEqual(result.resultType, 'input_required', JSON.stringify(result));
  assert.ok(text(result).startsWith(start), text(result));
}

/** answered is what a client sends along with the operator's answer to a question. */
export const answered = (action, requestState) => ({ inputResponses: { confirm: { action, content: {} } }, requestState });
