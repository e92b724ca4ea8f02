namespace Mainstay.Realtime.Hub.Http;

/// <summary>The API for programs that read such descriptions. A test holds it against the routes.</summary>
internal static class OpenApi
{
    public const string Text = """
        {
          "openapi": "3.1.0",
          "info": { "title": "Mainstay hub", "version": "1", "description": "Requests to devices, events in rooms, and what is known of devices. Sockets speak mainstay.hub.v1 at /hub." },
          "security": [ { "token": [] } ],
          "paths": {
            "/_hub/devices/{id}/requests": {
              "post": {
                "summary": "Asks a device to do something, once for each key; with Accept: text/event-stream, tells each state to the end.",
                "parameters": [
                  { "$ref": "#/components/parameters/id" }, { "$ref": "#/components/parameters/branch" },
                  { "name": "Idempotency-Key", "in": "header", "required": true, "schema": { "type": "string", "maxLength": 128 }, "description": "Names what is to be done; the same for every try." },
                  { "name": "Prefer", "in": "header", "schema": { "type": "string" }, "description": "wait=N waits up to N (at most 60) seconds for the end." },
                  { "$ref": "#/components/parameters/correlation" }, { "$ref": "#/components/parameters/trace" }
                ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object", "required": ["op"], "properties": {
                  "part": { "type": "string" }, "op": { "type": "string" }, "data": {},
                  "ttl_ms": { "type": "integer", "minimum": 0, "maximum": 86400000, "default": 300000 },
                  "timeout_ms": { "type": "integer", "minimum": 1000, "maximum": 3600000, "default": 60000 },
                  "notify": { "type": "boolean", "description": "The end is told to the webhook; left out: it is, unless Prefer has wait." } } } } } },
                "responses": {
                  "200": { "$ref": "#/components/responses/request" }, "202": { "$ref": "#/components/responses/request" },
                  "410": { "$ref": "#/components/responses/request" }, "504": { "$ref": "#/components/responses/request" },
                  "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/requests": {
              "get": { "summary": "What becomes of all requests that the token may ask, from now on.", "parameters": [ { "$ref": "#/components/parameters/branch" },
                { "name": "device", "in": "query", "schema": { "type": "string" }, "description": "Only of this one." }, { "$ref": "#/components/parameters/last" } ],
                "responses": { "200": { "$ref": "#/components/responses/stream" }, "406": { "description": "Accept does not have text/event-stream." }, "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/requests/{id}": {
              "parameters": [ { "$ref": "#/components/parameters/id" }, { "$ref": "#/components/parameters/branch" } ],
              "get": { "summary": "Where a request is; with Accept: text/event-stream, each of its states to the end.", "parameters": [ { "$ref": "#/components/parameters/last" } ], "responses": {
                "200": { "$ref": "#/components/responses/request" }, "204": { "description": "The stream has nothing behind Last-Event-ID, and never will." }, "202": { "$ref": "#/components/responses/request" },
                "410": { "$ref": "#/components/responses/request" }, "504": { "$ref": "#/components/responses/request" }, "default": { "$ref": "#/components/responses/error" } } },
              "delete": { "summary": "Asks that it be not done, if that can still be had.", "responses": { "202": { "$ref": "#/components/responses/request" }, "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/rooms/{room}/events": {
              "post": {
                "summary": "Publishes an event.",
                "parameters": [ { "name": "room", "in": "path", "required": true, "schema": { "type": "string" } }, { "$ref": "#/components/parameters/branch" },
                  { "name": "Idempotency-Key", "in": "header", "schema": { "type": "string", "maxLength": 128 } },
                  { "$ref": "#/components/parameters/correlation" }, { "$ref": "#/components/parameters/trace" } ],
                "requestBody": { "required": true, "content": { "application/json": { "schema": { "type": "object", "required": ["data"], "properties": { "data": {} } } } } },
                "responses": { "200": { "description": "It is on disk.", "content": { "application/json": { "schema": { "type": "object", "properties": { "epoch": { "type": "string" }, "offset": { "type": "integer" } } } } } },
                  "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/devices": { "get": { "summary": "The devices of the branch.", "parameters": [ { "$ref": "#/components/parameters/branch" } ],
              "responses": { "200": { "description": "Those that the token may ask or watch.", "content": { "application/json": { "schema": { "type": "object", "properties": { "devices": { "type": "array", "items": { "$ref": "#/components/schemas/device" } } } } } } }, "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/devices/{id}": { "get": { "summary": "One device.", "parameters": [ { "$ref": "#/components/parameters/id" }, { "$ref": "#/components/parameters/branch" } ],
              "responses": { "200": { "description": "What is known of it.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/device" } } } }, "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/devices/health": { "get": { "summary": "How the devices and their connections are, at most a minute old.", "parameters": [ { "$ref": "#/components/parameters/branch" } ],
              "responses": { "200": { "description": "Those that the token may ask or watch.", "content": { "application/json": { "schema": { "type": "object", "properties": { "at": { "type": "integer" }, "devices": { "type": "array", "items": {
                "type": "object", "properties": { "id": { "type": "string" }, "online": { "type": "boolean" }, "link": { "enum": ["poor", "fair", "good", "excellent", null] }, "rtt_ms": { "type": ["integer", "null"] },
                "missed": { "type": "integer" }, "waiting": { "type": "integer" } } } } } } } } }, "default": { "$ref": "#/components/responses/error" } } } },
            "/_hub/openapi.json": { "get": { "summary": "This.", "security": [], "responses": { "200": { "description": "This." } } } },
            "/metrics": { "get": { "summary": "Figures in the text format of Prometheus, on this machine only.", "security": [], "responses": { "200": { "description": "Figures." }, "404": { "description": "The request came through the edge." } } } },
            "/health": { "get": { "summary": "How the hub is; 503 when it cannot store.", "security": [], "responses": { "200": { "description": "Healthy." }, "503": { "description": "It cannot store." } } } },
            "/livez": { "get": { "summary": "Whether it runs.", "security": [], "responses": { "200": { "description": "It does." } } } },
            "/readyz": { "get": { "summary": "Whether it takes clients.", "security": [], "responses": { "200": { "description": "It does." }, "503": { "description": "It drains." } } } }
          },
          "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } },
            "parameters": {
              "id": { "name": "id", "in": "path", "required": true, "schema": { "type": "string", "maxLength": 128 } },
              "branch": { "name": "branch", "in": "query", "schema": { "type": "string" }, "description": "Needed when the token is for several." },
              "last": { "name": "Last-Event-ID", "in": "header", "schema": { "type": "string" }, "description": "The id of the event that was read last." },
              "correlation": { "name": "X-Correlation-ID", "in": "header", "schema": { "type": "string" } },
              "trace": { "name": "traceparent", "in": "header", "schema": { "type": "string" } }
            },
            "responses": {
              "stream": { "description": "Events. The first, resume, says whether all behind Last-Event-ID follows; the others have the object of a request with at, branch, to, op and key.", "content": { "text/event-stream": { "schema": { "type": "string" } } } },
              "request": { "description": "Where the request is; as events, one for each state, to its end.", "content": { "text/event-stream": { "schema": { "type": "string" } }, "application/json": { "schema": { "type": "object", "properties": {
                "request": { "type": "string" }, "state": { "enum": ["queued", "sent", "accepted", "unsure", "done", "failed", "expired", "canceled", "unknown"] },
                "data": {}, "error": { "type": "object", "properties": { "code": { "type": "string" }, "message": { "type": "string" } } }, "because": { "type": "string" }, "corr": { "type": "string" }, "tp": { "type": "string" } } } } } },
              "error": { "description": "It was refused.", "content": { "application/json": { "schema": { "type": "object", "properties": {
                "code": { "type": "string" }, "message": { "type": "string" }, "temporary": { "type": "boolean" }, "retry_ms": { "type": "integer" } } } } } }
            },
            "schemas": {
              "device": { "type": "object", "properties": { "id": { "type": "string" }, "online": { "type": "boolean" }, "kind": { "type": ["string", "null"] }, "version": { "type": ["string", "null"] },
                "caps": { "type": "array", "items": { "type": "string" } }, "first_seen": { "type": "integer" }, "last_seen": { "type": "integer" }, "waiting": { "type": "integer" },
                "link": { "enum": ["poor", "fair", "good", "excellent", null] } } }
            }
          }
        }
        """;
}
