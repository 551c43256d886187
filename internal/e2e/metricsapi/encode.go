package metricsapi

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/metrics/pkg/apis/metrics/v1beta1"
)

// codecs encode what this package answers.
var codecs = func() serializer.CodecFactory {
	scheme := runtime.NewScheme()
	utilruntime.Must(v1beta1.AddToScheme(scheme))
	metav1.AddToGroupVersion(scheme, schema.GroupVersion{Version: "v1"})
	return serializer.NewCodecFactory(scheme)
}()

// respond writes what a answers in the encoding that the request accepts.
func respond(a answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, code := v1beta1.SchemeGroupVersion, http.StatusOK
		object, err := a(r)
		if err != nil {
			status := statusOf(err)
			object, version, code = status, schema.GroupVersion{Version: "v1"}, int(status.Code)
		}
		if object == discovery {
			version = schema.GroupVersion{Version: "v1"}
		}
		info := accepted(r.Header.Get("Accept"))
		w.Header().Set("Content-Type", info.MediaType)
		w.WriteHeader(code)
		_ = codecs.EncoderForVersion(info.Serializer, version).Encode(object, w) // the client has gone
	})
}

func statusOf(err error) *metav1.Status {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	return &status
}

// accepted returns the first encoding of an Accept header that is known, JSON
// if there is none. Tables and aggregated discovery are not.
func accepted(header string) runtime.SerializerInfo {
	known := codecs.SupportedMediaTypes()
	for part := range strings.SplitSeq(header, ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil || params["as"] != "" {
			continue
		}
		if info, ok := runtime.SerializerInfoForMediaType(known, name); ok {
			return info
		}
	}
	info, _ := runtime.SerializerInfoForMediaType(known, runtime.ContentTypeJSON)
	return info
}
