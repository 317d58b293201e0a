-- Rows stand in arrival order. Random ids are in two unique indexes only: the keys of rows and the
-- prefixes of groups; everything else is keyed by the small integers of this file.

create table clock (
    one integer primary key check (one = 1),
    version integer not null -- the version of the last commit
) strict;
insert into clock values (1, 0);

create table tenants (
    id integer primary key,
    tenant blob not null unique,
    uuid text generated always as (lower(
        substr(hex(tenant), 1, 8) || '-' || substr(hex(tenant), 9, 4) || '-'
        || substr(hex(tenant), 13, 4) || '-' || substr(hex(tenant), 17, 4) || '-'
        || substr(hex(tenant), 21, 12))) virtual
) strict;

create table kinds (id integer primary key, name text not null unique) strict;
create table indexes (id integer primary key, name text not null unique) strict;

create table rows (
    id integer primary key,
    tenant integer not null, -- tenants.id
    kind integer not null, -- kinds.id
    key blob not null,
    version integer not null,
    body text not null, -- canonical JSON with its schema version
    unique (key, kind, tenant)
) strict;

-- One group of an index: the rows of one prefix. Its version is the anchor.
create table groups (
    id integer primary key,
    tenant integer not null, -- tenants.id; the system's for a system index
    idx integer not null, -- indexes.id
    prefix blob not null,
    version integer not null default 0,
    unique (prefix, idx, tenant)
) strict;

create table entries (
    grp integer not null, -- groups.id
    time integer not null, -- microseconds since 1970, 9223372036854775807: unknown
    id blob not null,
    row integer not null, -- rows.id
    primary key (grp, time, id, row)
) strict, without rowid;
create index entries_by_row on entries (row);

-- For people. Programs use the library: `customer` is the row of everything that evidence could
-- connect, before human verdicts divide it.
create view timeline as
select
    tenants.uuid as tenant,
    json_extract(place.body, '$.body') as customer,
    json_extract(fact.body, '$.body[0].touchpoint.record') as record,
    json_extract(fact.body, '$.body[0].touchpoint.occurred.at') as at,
    json_extract(fact.body, '$.body[0].touchpoint.channel') as channel,
    coalesce(
        json_extract(fact.body, '$.body[0].touchpoint.channel_kind.other'),
        json_extract(fact.body, '$.body[0].touchpoint.channel_kind')) as channel_kind,
    coalesce(
        json_extract(fact.body, '$.body[0].touchpoint.act.custom'),
        json_extract(fact.body, '$.body[0].touchpoint.act')) as act,
    (select group_concat(json_extract(value, '$.kind') || ' ' || json_extract(value, '$.id'), ', ')
        from json_each(fact.body, '$.body[0].touchpoint.objects')) as objects,
    json_extract(fact.body, '$.body[0].touchpoint.message.direction') as direction,
    (select group_concat(json_extract(value, '$.text'), char(10))
        from json_each(fact.body, '$.body[0].touchpoint.message.parts')) as said,
    json_extract(fact.body, '$.body[0].touchpoint.source') as source,
    json_extract(fact.body, '$.body[0].touchpoint.external_id') as external_id,
    json_extract(fact.body, '$.body[0].arrival.recorded_at') as recorded_at,
    json_array_length(fact.body, '$.body') as copies,
    json_extract(fact.body, '$.body[0].touchpoint.id') as touchpoint
from entries
join groups on groups.id = entries.grp
    and groups.idx = (select id from indexes where name = 'timeline')
join rows as fact on fact.id = entries.row
join tenants on tenants.id = fact.tenant
left join rows as place on place.key = groups.prefix and place.tenant = fact.tenant
    and place.kind = (select id from kinds where name = 'record_at');

create view customer_360 as
with touch as (
    select
        place.tenant as tenant,
        json_extract(place.body, '$.body') as customer,
        nullif(entries.time, 9223372036854775807) as time,
        json_extract(fact.body, '$.body[0].touchpoint.channel') as channel,
        json_extract(fact.body, '$.body[0].touchpoint.attributes.name') as name
    from rows as place
    join groups on groups.prefix = place.key and groups.tenant = place.tenant
        and groups.idx = (select id from indexes where name = 'timeline')
    join entries on entries.grp = groups.id
    join rows as fact on fact.id = entries.row
    where place.kind = (select id from kinds where name = 'record_at')
),
touched as (
    select
        tenant, customer, count(*) as touchpoints, group_concat(distinct channel) as channels,
        strftime('%Y-%m-%dT%H:%M:%SZ', min(time) / 1000000, 'unixepoch') as first_seen,
        strftime('%Y-%m-%dT%H:%M:%SZ', max(time) / 1000000, 'unixepoch') as last_seen
    from touch group by tenant, customer
),
named as ( -- the latest: SQLite takes bare columns from the row of the maximum
    select tenant, customer, name, max(ifnull(time, -9223372036854775808))
    from touch where name is not null group by tenant, customer
),
lies as ( -- in what rows a component lies: its own, and those of its parts where it is large
    select component.id as component, component.body as body
    from rows as component
    where component.kind = (select id from kinds where name = 'component')
    union all
    select component.id, part.body
    from rows as component
    join groups on groups.prefix = component.key and groups.tenant = component.tenant
        and groups.idx = (select id from indexes where name = 'parts')
    join entries on entries.grp = groups.id
    join rows as part on part.id = entries.row
    where component.kind = (select id from kinds where name = 'component')
),
held as (
    select
        lies.component as component,
        json_extract(node.value, '$.namespace') as namespace,
        json_extract(node.value, '$.value') as value
    from lies
    join json_each(lies.body, '$.body.identifiers') as node
),
known as (
    select lies.component as component, count(*) as records
    from lies
    join json_each(lies.body, '$.body.records') as node
    where json_extract(node.value, '$.source') is not null
    group by lies.component
),
holds as (
    select
        component,
        group_concat(case when namespace = 'email' then value end, ', ') as emails,
        group_concat(case when namespace = 'phone' then value end, ', ') as phones,
        group_concat(case when namespace = 'loyalty_card' then value end, ', ') as cards,
        count(*) as identifiers
    from held group by component
)
select
    tenants.uuid as tenant,
    json_extract(component.body, '$.body.id') as customer,
    named.name as name,
    holds.emails as emails,
    holds.phones as phones,
    holds.cards as cards,
    ifnull(holds.identifiers, 0) as identifiers,
    ifnull(known.records, 0) as records,
    ifnull(touched.touchpoints, 0) as touchpoints,
    touched.channels as channels,
    touched.first_seen as first_seen,
    touched.last_seen as last_seen
from rows as component
join tenants on tenants.id = component.tenant
left join holds on holds.component = component.id
left join known on known.component = component.id
left join touched on touched.tenant = component.tenant
    and touched.customer = json_extract(component.body, '$.body.id')
left join named on named.tenant = component.tenant
    and named.customer = json_extract(component.body, '$.body.id')
where component.kind = (select id from kinds where name = 'component');
