// A client process that is to be killed: it calls one tool and waits for the answer. Its arguments, as JSON, are where the server
// is (its URL, or how to start it), the tool, and the arguments of the tool.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [server, tool, given] = process.argv.slice(2).map((argument) => JSON.parse(argument));
const transport = server.url ? new StreamableHTTPClientTransport(new URL(server.url)) : new StdioClientTransport({ ...server, stderr: 'inherit' });
const client = new Client({ name: 'dying', version: '1' });
await client.connect(transport);
await client.callTool({ name: tool, arguments: given });
