package server

import (
	"context"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"mailtrap-contacts-mcp/fault"
	"mailtrap-contacts-mcp/resources"
)

func (s *Server) addResources(readable []resources.Resource) {
	for _, resource := range readable {
		if resource.Variable() == "" {
			s.mcp.AddResource(describeResource(resource), handleResource(resource))
			continue
		}
		handle := mcpserver.ResourceTemplateHandlerFunc(handleResource(resource))
		s.mcp.AddResourceTemplate(describeTemplate(resource), handle)
		s.mcp.AddResourceTemplate(lenient(resource), handle)
	}
}

func describeResource(resource resources.Resource) mcp.Resource {
	return mcp.Resource{
		URI: resource.URI, Name: resource.Name, Title: resource.Title,
		Description: resource.Description, MIMEType: resources.MIMEType,
	}
}

func describeTemplate(resource resources.Resource) mcp.ResourceTemplate {
	described := mcp.NewResourceTemplate(resource.URI, resource.Name,
		mcp.WithTemplateDescription(resource.Description), mcp.WithTemplateMIMEType(resources.MIMEType))
	described.Title = resource.Title
	return described
}

// lenient is a template's twin that also matches values with reserved characters. By the letter of RFC 6570 the address in
// "mailtrap://contacts/ann@example.com" is not a value of {contact}, and mcp-go v1.2.1 goes by the letter; but it is
// what people type, and some clients do not encode. The twin is not listed: not every client knows {+contact}.
func lenient(resource resources.Resource) mcp.ResourceTemplate {
	return mcp.NewResourceTemplate(strings.Replace(resource.URI, "{", "{+", 1), resource.Name+", not encoded")
}

// resourceHooks are for what mcp-go v1.2.1 has no option for: the order of the lists, which it sorts by name, the twins
// that are not listed, and for how long each resource may be kept.
func resourceHooks(hooks *mcpserver.Hooks, readable []resources.Resource) {
	names := make([]string, len(readable))
	twins := map[string]bool{}
	for i, resource := range readable {
		names[i] = resource.Name
		twins[lenient(resource).Name] = true
	}
	resourceOrder, templateOrder := inOrder[mcp.Resource](names), inOrder[mcp.ResourceTemplate](names)
	hooks.AddAfterListResources(func(ctx context.Context, _ any, _ *mcp.ListResourcesRequest, result *mcp.ListResourcesResult) {
		result.Resources = resourceOrder(ctx, result.Resources)
	})
	hooks.AddAfterListResourceTemplates(func(ctx context.Context, _ any, _ *mcp.ListResourceTemplatesRequest,
		result *mcp.ListResourceTemplatesResult) {
		listed := slices.DeleteFunc(result.ResourceTemplates, func(template mcp.ResourceTemplate) bool { return twins[template.Name] })
		result.ResourceTemplates = templateOrder(ctx, listed)
	})
	hooks.AddAfterReadResource(func(_ context.Context, _ any, request *mcp.ReadResourceRequest, result *mcp.ReadResourceResult) {
		for _, resource := range readable {
			if resource.Has(request.Params.URI) {
				result.SetCacheHints(resource.Fresh.Milliseconds(), mcp.CacheScopePrivate)
				return
			}
		}
	})
}

// handleResource reads the resource under the URI the client knows it by. What a handler returns as an error, the client
// gets as the message of a protocol error: reading has no other kind.
func handleResource(resource resources.Resource) mcpserver.ResourceHandlerFunc {
	return func(ctx context.Context, request mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
		content, err := resource.Read(ctx, request.Params.URI)
		if err != nil {
			return nil, err
		}
		return []mcp.ResourceContents{mcp.TextResourceContents{
			URI: request.Params.URI, MIMEType: resources.MIMEType, Text: string(content),
		}}, nil
	}
}

// reading is around every reading of a resource, as counted, endedWithStream and the tools' own recovery are around calls.
// The URI is not logged: an address may stand in it, in a form that masking does not know.
func (s *Server) reading(next mcpserver.ResourceHandlerFunc) mcpserver.ResourceHandlerFunc {
	return func(ctx context.Context, request mcp.ReadResourceRequest) (contents []mcp.ResourceContents, err error) {
		s.calls.begin()
		defer s.calls.end()
		ctx, release := s.streams.with(ctx)
		defer release()
		defer func() {
			if cause := recover(); cause != nil {
				s.log.ErrorContext(ctx, "reading a resource panicked", "cause", cause, "stack", string(debug.Stack()))
				contents, err = nil, errDefect
			}
		}()
		contents, err = next(ctx, request)
		_, within := mcpserver.ClientSessionFromContext(ctx).(*mcpserver.InProcessSession) // nothing is written to those
		if err == nil || within || !strings.HasPrefix(err.Error(), "["+string(fault.NotFound)+"]") {
			return contents, err
		}
		code := mcp.RESOURCE_NOT_FOUND
		if mcp.IsModernProtocol(mcpserver.RequestProtocolVersion(ctx)) {
			code = mcp.INVALID_PARAMS
		}
		return nil, s.ids.coded(code, err)
	}
}
