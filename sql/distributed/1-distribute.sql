-- Turns the schema of sql/migrations, empty or filled, into Citus tables. Run once by psql on the coordinator, behind `migrate`.
-- stays local on the coordinator: job, idempotency_key, upload, upload_part, schema_migration
begin;
select create_reference_table('region');
select create_reference_table('person');
-- co-located: the rows of one county lie in the same shard of each of these, so on one node
select create_distributed_table('layer', 'region_code', shard_count => 128);
select create_distributed_table('layer_feature', 'region_code', colocate_with => 'layer');
select create_distributed_table('layer_piece', 'region_code', colocate_with => 'layer');
select create_distributed_table('raster_tile', 'region_code', colocate_with => 'layer');
select create_distributed_table('raster_view', 'region_code', colocate_with => 'layer');
select create_distributed_table('parcel_set', 'region_code', colocate_with => 'layer');
select create_distributed_table('parcel', 'region_code', colocate_with => 'layer');
select create_distributed_table('project_register', 'region_code', colocate_with => 'layer');
select create_distributed_table('project', 'region_code', colocate_with => 'layer');
select create_distributed_table('run', 'region_code', colocate_with => 'layer');
select create_distributed_table('run_set', 'region_code', colocate_with => 'layer');
select create_distributed_table('run_layer', 'region_code', colocate_with => 'layer');
select create_distributed_table('run_chunk', 'region_code', colocate_with => 'layer');
select create_distributed_table('run_result', 'region_code', colocate_with => 'layer');
select create_distributed_table('result', 'region_code', colocate_with => 'layer');
select create_distributed_table('finding', 'region_code', colocate_with => 'layer');
select create_distributed_table('piece', 'region_code', colocate_with => 'layer');
select create_distributed_table('run_index', 'region_code', colocate_with => 'layer');
select create_distributed_table('run_indexed', 'region_code', colocate_with => 'layer');
select create_distributed_table('ledger_head', 'region_code', colocate_with => 'layer');
select create_distributed_table('review', 'region_code', colocate_with => 'layer');
select create_distributed_table('flag_review', 'region_code', colocate_with => 'layer');
select create_distributed_table('attachment', 'region_code', colocate_with => 'layer');
select create_distributed_table('attachment_part', 'region_code', colocate_with => 'layer');
select create_distributed_table('review_attachment', 'region_code', colocate_with => 'layer');
commit;
