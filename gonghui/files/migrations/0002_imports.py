import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeaderMemory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('org_path', models.CharField(blank=True, max_length=80, verbose_name='组织路径')),
                ('kind', models.CharField(max_length=24, verbose_name='种类')),
                ('header', models.CharField(max_length=60, verbose_name='表头')),
                ('column', models.CharField(max_length=40, verbose_name='列')),
                ('used_at', models.DateTimeField(verbose_name='最近使用')),
            ],
            options={
                'verbose_name': '表头记忆',
                'verbose_name_plural': '表头记忆',
            },
        ),
        migrations.CreateModel(
            name='ImportBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('token', models.CharField(max_length=32, unique=True, verbose_name='编号')),
                ('kind', models.CharField(max_length=24, verbose_name='种类')),
                ('org_path', models.CharField(blank=True, max_length=80, verbose_name='组织路径')),
                ('org_name', models.CharField(blank=True, max_length=120, verbose_name='导入到')),
                ('name', models.CharField(max_length=120, verbose_name='文件名')),
                ('size', models.PositiveBigIntegerField(verbose_name='大小（字节）')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('place', models.CharField(max_length=120, verbose_name='存放')),
                ('state', models.CharField(choices=[('uploaded', '待对表头'), ('mapped', '待检查'), ('checked', '待导入'), ('committing', '导入中'), ('committed', '已导入'), ('undone', '已撤销'), ('abandoned', '已放弃'), ('failed', '未完成')], default='uploaded', max_length=12, verbose_name='状态')),
                ('sheet', models.CharField(blank=True, max_length=60, verbose_name='工作表')),
                ('header_row', models.PositiveIntegerField(default=1, verbose_name='表头行')),
                ('headers', models.JSONField(default=dict, verbose_name='表头')),
                ('mapping', models.JSONField(default=dict, verbose_name='列对应')),
                ('options', models.JSONField(default=dict, verbose_name='选项')),
                ('as_of', models.DateField(verbose_name='截至日期')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='读到行数')),
                ('created', models.PositiveIntegerField(default=0, verbose_name='新增')),
                ('updated', models.PositiveIntegerField(default=0, verbose_name='更新')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='没有变化')),
                ('rejected', models.PositiveIntegerField(default=0, verbose_name='没有导入')),
                ('tidied', models.JSONField(default=dict, verbose_name='自动整理')),
                ('notes', models.JSONField(default=list, verbose_name='说明')),
                ('job_id', models.BigIntegerField(blank=True, null=True, verbose_name='任务编号')),
                ('actor', models.CharField(max_length=40, verbose_name='经办')),
                ('created_at', models.DateTimeField(verbose_name='上传时间')),
                ('committed_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='未完成的原因')),
            ],
            options={
                'verbose_name': '导入批次',
                'verbose_name_plural': '导入批次',
            },
        ),
        migrations.CreateModel(
            name='ImportChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=16, verbose_name='内容')),
                ('sealed', models.BinaryField(verbose_name='密文')),
            ],
            options={
                'verbose_name': '批次数据',
                'verbose_name_plural': '批次数据',
            },
        ),
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('row', models.PositiveIntegerField(verbose_name='表格行号')),
                ('cause', models.CharField(max_length=24, verbose_name='问题')),
                ('problems', models.JSONField(default=list, verbose_name='问题明细')),
                ('cells', models.BinaryField(verbose_name='单元格密文')),
                ('fixes', models.BinaryField(blank=True, null=True, verbose_name='更正密文')),
                ('choice', models.CharField(blank=True, max_length=24, verbose_name='选择')),
                ('state', models.CharField(choices=[('open', '待改'), ('fixed', '已改好'), ('skipped', '跳过')], default='open', max_length=8, verbose_name='处理')),
            ],
            options={
                'verbose_name': '待处理的行',
                'verbose_name_plural': '待处理的行',
            },
        ),
        migrations.AddConstraint(
            model_name='headermemory',
            constraint=models.UniqueConstraint(fields=('org_path', 'kind', 'header'), name='header_once'),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='followers', to='files.importbatch', verbose_name='接续的批次'),
        ),
        migrations.AddField(
            model_name='importchunk',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chunks', to='files.importbatch', verbose_name='批次'),
        ),
        migrations.AddField(
            model_name='importrow',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='waiting', to='files.importbatch', verbose_name='批次'),
        ),
        migrations.AddIndex(
            model_name='importbatch',
            index=models.Index(fields=['org_path', 'kind', 'created_at'], name='import_org'),
        ),
        migrations.AddIndex(
            model_name='importbatch',
            index=models.Index(fields=['sha256'], name='import_hash'),
        ),
        migrations.AddConstraint(
            model_name='importbatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['committed', 'undone']), _negated=True), ('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('created'), '+', models.F('updated')), '+', models.F('unchanged')), '+', models.F('rejected'))), _connector='OR'), name='import_counts_add_up', violation_error_message='各行结论之和应等于读到的行数。'),
        ),
        migrations.AddConstraint(
            model_name='importchunk',
            constraint=models.UniqueConstraint(fields=('batch', 'name'), name='import_chunk_once'),
        ),
        migrations.AddIndex(
            model_name='importrow',
            index=models.Index(fields=['batch', 'state', 'cause'], name='import_row_list'),
        ),
        migrations.AddConstraint(
            model_name='importrow',
            constraint=models.UniqueConstraint(fields=('batch', 'row'), name='import_row_once'),
        ),
    ]
