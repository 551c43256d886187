package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
)

// applier creates the objects of YAML manifests, in the order they stand in.
// An ownerReference may leave out its uid: it is looked up.
type applier struct {
	dynamic dynamic.Interface
	mapper  *restmapper.DeferredDiscoveryRESTMapper
}

func newApplier(c *Cluster) (*applier, error) {
	dyn, err := dynamic.NewForConfig(c.AdminConfig)
	if err != nil {
		return nil, fmt.Errorf("build client: %w", err)
	}
	disc, err := discovery.NewDiscoveryClientForConfig(c.AdminConfig)
	if err != nil {
		return nil, fmt.Errorf("build client: %w", err)
	}
	mapper := restmapper.NewDeferredDiscoveryRESTMapper(memory.NewMemCacheClient(disc))
	return &applier{dynamic: dyn, mapper: mapper}, nil
}

// files applies the manifests that pattern matches, by name.
func (a *applier) files(ctx context.Context, from fs.FS, pattern string) error {
	names, err := fs.Glob(from, pattern)
	if err != nil {
		return fmt.Errorf("find manifests: %w", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("read manifest: %w", err)
		}
		if err := a.file(ctx, data); err != nil {
			return fmt.Errorf("apply %s: %w", name, err)
		}
	}
	return nil
}

func (a *applier) file(ctx context.Context, data []byte) error {
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	for {
		var object unstructured.Unstructured
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("decode: %w", err)
		}
		if len(object.Object) == 0 {
			continue
		}
		if err := a.object(ctx, &object); err != nil {
			return fmt.Errorf("create %s %s/%s: %w", object.GetKind(), object.GetNamespace(), object.GetName(), err)
		}
	}
}

// object creates o, or merges it into the one that is there.
func (a *applier) object(ctx context.Context, o *unstructured.Unstructured) error {
	if err := a.own(ctx, o); err != nil {
		return err
	}
	resource, err := a.resource(ctx, o.GetAPIVersion(), o.GetKind(), o.GetNamespace())
	if err != nil {
		return err
	}
	_, err = resource.Create(ctx, o, metav1.CreateOptions{})
	if !apierrors.IsAlreadyExists(err) {
		return err
	}
	patch, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = resource.Patch(ctx, o.GetName(), types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// own fills in the uid of owners that o names without one.
func (a *applier) own(ctx context.Context, o *unstructured.Unstructured) error {
	refs := o.GetOwnerReferences()
	for i, ref := range refs {
		if ref.UID != "" {
			continue
		}
		resource, err := a.resource(ctx, ref.APIVersion, ref.Kind, o.GetNamespace())
		if err != nil {
			return err
		}
		owner, err := resource.Get(ctx, ref.Name, metav1.GetOptions{})
		if err != nil {
			return fmt.Errorf("get owner: %w", err)
		}
		refs[i].UID = owner.GetUID()
	}
	if len(refs) > 0 {
		o.SetOwnerReferences(refs)
	}
	return nil
}

// resource returns the client of a kind. A kind whose definition was created a
// moment ago is waited for.
func (a *applier) resource(ctx context.Context, apiVersion, kind, namespace string) (dynamic.ResourceInterface, error) {
	gvk := (&metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}).GroupVersionKind()
	var mapping *meta.RESTMapping
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, 10*time.Second, true, func(context.Context) (bool, error) {
		var err error
		mapping, err = a.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
		if meta.IsNoMatchError(err) {
			a.mapper.Reset()
			return false, nil
		}
		return err == nil, err
	})
	if err != nil {
		return nil, fmt.Errorf("find resource of %s: %w", gvk, err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		return a.dynamic.Resource(mapping.Resource).Namespace(namespace), nil
	}
	return a.dynamic.Resource(mapping.Resource), nil
}
