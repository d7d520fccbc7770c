#!/usr/bin/env bash
# Tsukiyo on Google Cloud: one service of Cloud Run, with Firestore behind it. dc.sh sources this file.
#
# Everything that is made has a name of its own, and what is there already is left as it is: to deploy twice is to bring a new
# version. One instance, because whoever is in a room must be on one server; it starts in a fraction of a second.

deploy_usage() {
  cat <<'TEXT'
./dc.sh deploy | undeploy [--dry-run] [--project P] [--region R] [--service S]

  --project P   the Google Cloud project; else GOOGLE_CLOUD_PROJECT
  --region R    where it runs; else CLOUD_RUN_REGION, else europe-west1
  --service S   what the service is called; else tsukiyo
  --dry-run     print what would be done, and do nothing: it takes neither gcloud nor a network

deploy builds the image on Google's machines, makes a Firestore database, a secret and an account for the service where there
are none, and prints the address. undeploy removes the service, its images and its account; what people wrote stays.
TEXT
}

deploy() {
  deploy_settings "$@"
  say "Deploying $service to project $project, $region."
  [ "$dry" = yes ] || site_for_image
  step "switch on what is used" services enable run.googleapis.com cloudbuild.googleapis.com artifactregistry.googleapis.com \
    firestore.googleapis.com secretmanager.googleapis.com
  unless_there "a database" firestore databases describe '--database=(default)' -- \
    firestore databases create '--database=(default)' "--location=$region" --type=firestore-native
  unless_there "a place for the images" artifacts repositories describe "$service" "--location=$region" -- \
    artifacts repositories create "$service" "--location=$region" --repository-format=docker
  unless_there "an account that may use the database and nothing else" iam service-accounts describe "$account" -- \
    iam service-accounts create "$service"
  step "let it use the database" projects add-iam-policy-binding "$project" "--member=serviceAccount:$account" \
    --role=roles/datastore.user --condition=None
  # The key of the members' tokens comes from this machine's random numbers, by a pipe: it is in no command and in no log.
  unless_there "the key of the members' tokens" secrets describe "$service-secret" -- \
    secrets create "$service-secret" --data-file=-
  step "let it read the key" secrets add-iam-policy-binding "$service-secret" "--member=serviceAccount:$account" \
    --role=roles/secretmanager.secretAccessor
  step "build the image" builds submit . --config=deploy/cloudbuild.yaml --ignore-file=deploy/Containerfile.dockerignore \
    "--substitutions=_IMAGE=$image"
  # Sockets live for as long as a request may, an hour; then the pages come back by themselves. The proxies of Cloud Run have
  # link-local addresses. It passes on no UDP: whoever needs TURN sets a server elsewhere (TSUKIYO_TURN_SERVER).
  step "run it" run deploy "$service" "--image=$image" "--region=$region" "--service-account=$account" --allow-unauthenticated \
    --port=3000 --cpu=1 --memory=512Mi --no-cpu-throttling --min-instances=1 --max-instances=1 --concurrency=1000 --timeout=3600 \
    "--set-env-vars=GOOGLE_CLOUD_PROJECT=$project,TSUKIYO_TRUSTED_PROXY=169.254.0.0/16,TSUKIYO_LOG_FORMAT=json" \
    "--set-secrets=TSUKIYO_SECRET=$service-secret:latest"
  step "tell where it is" run services describe "$service" "--region=$region" '--format=value(status.url)'
}

undeploy() {
  deploy_settings "$@"
  say "Removing $service from project $project, $region."
  if_there "the service" run services describe "$service" "--region=$region" -- \
    run services delete "$service" "--region=$region"
  if_there "its images" artifacts repositories describe "$service" "--location=$region" -- \
    artifacts repositories delete "$service" "--location=$region"
  if_there "its key" secrets describe "$service-secret" -- secrets delete "$service-secret"
  if_there "its account" iam service-accounts describe "$account" -- iam service-accounts delete "$account"
  say "What people wrote is in Firestore still: gcloud firestore databases delete '--database=(default)' --project=$project"
}

# --- What they are made of --------------------------------------------------------------------------------------------

deploy_settings() {
  project=${GOOGLE_CLOUD_PROJECT:-} region=${CLOUD_RUN_REGION:-europe-west1} service=tsukiyo dry=no
  while [ $# -gt 0 ]; do
    case $1 in
      --dry-run) dry=yes && shift ;;
      --project | --region | --service)
        [ -n "${2:-}" ] || refuse "$1 takes a value."
        printf -v "${1#--}" '%s' "$2" && shift 2
        ;;
      --help | -h) deploy_usage && exit ;;
      *) refuse "There is no option \"$1\"." ;;
    esac
  done
  [ -n "$project" ] || refuse "Which Google Cloud project? --project P, or GOOGLE_CLOUD_PROJECT in .env."
  [[ $project =~ ^[a-z][a-z0-9-]{4,28}[a-z0-9]$ ]] || refuse "\"$project\" is no name of a Google Cloud project."
  [[ $region =~ ^[a-z]+-[a-z]+[0-9]+$ ]] || refuse "\"$region\" is no region."
  [[ $service =~ ^[a-z][a-z0-9-]{4,28}[a-z0-9]$ ]] || refuse "\"$service\" is no name for a service: 6 to 30 small letters, digits and -."
  account=$service@$project.iam.gserviceaccount.com
  image=$region-docker.pkg.dev/$project/$service/server:$(git rev-parse --short HEAD 2>/dev/null || echo latest)
  [ "$dry" = yes ] || command -v gcloud >/dev/null ||
    refuse "gcloud is missing: https://cloud.google.com/sdk/docs/install. To see what would be done: --dry-run"
}

refuse() {
  printf '%s\n\n' "$1" >&2
  deploy_usage >&2
  exit 2
}

# Does one thing with gcloud, or tells that it would.
step() {
  local what=$1
  shift
  say "· $what"
  if [ "$dry" = yes ]; then
    printf 'gcloud %s\n' "$(quoted "$@" "--project=$project" --quiet)"
  else
    gcloud "$@" "--project=$project" --quiet
  fi
}

# unless_there WHAT LOOK… -- MAKE…: makes what a look does not find.
unless_there() { found_or_not missing "$@"; }

# if_there WHAT LOOK… -- REMOVE…: removes what a look finds.
if_there() { found_or_not found "$@"; }

found_or_not() {
  local wanted=$1 what=$2 look=() got=found
  shift 2
  while [ "$1" != -- ]; do look+=("$1") && shift; done
  shift
  if [ "$dry" = yes ]; then
    say "  (if $(quoted "${look[@]}") finds $([ "$wanted" = found ] && echo it || echo nothing):)"
  else
    gcloud "${look[@]}" "--project=$project" >/dev/null 2>&1 || got=missing
    [ "$got" = "$wanted" ] || { say "· $what: $got" && return; }
  fi
  case " $* " in
    *" --data-file=- "*) step "$what" "$@" < <(random_key) ;;
    *) step "$what" "$@" ;;
  esac
}

random_key() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }

quoted() { printf '%q ' "$@" | sed 's/ $//'; }
